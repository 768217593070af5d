import { startQldbStub } from "../../local/qldb/stub.ts";

const [, , folder = ""] = process.argv;
const { endpoint } = await startQldbStub({ folder });
console.log(endpoint);
