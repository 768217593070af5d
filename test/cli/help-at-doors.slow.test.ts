import { expect, test } from "@jest/globals";
import { openDoor, runDoor } from "./door.ts";

const doors = "local demo audit rules rebuild import qldb pack build-web build-audit bench";
test.each([[[]], ...doors.split(" ").map((door) => [[door]])])(
  "the door %j, asked by --help, exits 0",
  async (door) => {
    const { code, stdout, stderr } = await runDoor([...door, "--help"]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^usage:/);
  },
);

test.each(doors.split(" "))(
  "a reader that goes away ends the door %s no other way",
  async (door) => {
    const child = openDoor([door, "--help"]);
    child.stdout?.destroy();
    const code = await new Promise((resolve) => child.once("exit", resolve));
    expect(code).toBe(0);
  },
);

test("no page is built for arguments that are no address", async () => {
  const { code, stdout, stderr } = await runDoor(["build-web", "--hlep"]);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(/^build:web takes .*\nusage:/);
});
