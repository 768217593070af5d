import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { parentPort } from "node:worker_threads";

/* The limit of HTTP: a bare node:http server that parses the JSON it is sent and answers 201 with as many bytes as it is told. */
const server = createServer((request, response) => {
  let text = "";
  request.setEncoding("utf8").on("data", (piece: string) => {
    text += piece;
  });
  request.once("end", () => {
    JSON.parse(text);
    const length = Number(request.headers["x-reply-bytes"]);
    response.writeHead(201, { "content-type": "application/json", "content-length": length });
    response.end("x".repeat(length));
  });
});
server.listen(0, "127.0.0.1", () =>
  parentPort?.postMessage((server.address() as AddressInfo).port),
);
