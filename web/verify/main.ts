import { type DroppedFile, type FileKind, type Held, kindOf, maxFileBytes } from "./files.ts";
import { judge } from "./judge.ts";
import { bannerOf, stepsOf } from "./view.ts";

const kinds: readonly FileKind[] = ["receipt", "policy", "requirements", "note", "consistency"];
const nothingYet: Readonly<Record<FileKind, string>> = {
  receipt: "Choose a .tlog-proof file",
  policy: "Choose a .policy file",
  requirements: "Choose a .require file",
  note: "Choose a signed checkpoint",
  consistency: "Choose a .consistency file",
};

let held: Held = {};

function part(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`bug: the page has no ${id}`);
  return found;
}

/** Takes files from a drop or from the chooser of `slot`, which says what a file is for where nothing in it does. */
async function take(files: readonly File[], slot?: FileKind): Promise<void> {
  const complaints: string[] = [];
  const taken: Partial<Record<FileKind, DroppedFile>> = {};
  part("answer").setAttribute("aria-busy", "true");
  for (const file of files.slice(0, 8)) {
    const dropped = await read(file);
    const kind = dropped && (kindOf(dropped) ?? slot);
    if (dropped === undefined)
      complaints.push(`${file.name} is too long to be any of these files.`);
    else if (kind === undefined)
      complaints.push(`${file.name} is neither a receipt nor a trust policy.`);
    else taken[kind] = dropped;
  }
  held = { ...held, ...taken };
  show(complaints.join(" "));
  part("answer").setAttribute("aria-busy", "false");
}

async function read(file: File): Promise<DroppedFile | undefined> {
  if (file.size > maxFileBytes) return undefined;
  return { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
}

function show(complaint: string): void {
  for (const kind of kinds) {
    const file = held[kind];
    part(`${kind}-name`).textContent = file?.name ?? nothingYet[kind];
    part(`${kind}-slot`).classList.toggle("filled", file !== undefined);
  }
  if (held.note ?? held.consistency) part("others").setAttribute("open", "");
  part("complaint").textContent = complaint;
  const verdict = judge(held);
  part("verdict").replaceChildren(...(verdict ? [bannerOf(verdict)] : []));
  part("steps").replaceChildren(...(verdict && verdict.steps.length > 0 ? [stepsOf(verdict)] : []));
  part("steps-part").hidden = !verdict || verdict.steps.length === 0;
  part("again").hidden = kinds.every((kind) => held[kind] === undefined);
}

for (const kind of kinds) {
  const input = part(kind) as HTMLInputElement;
  input.addEventListener("change", () => {
    const files = Array.from(input.files ?? []);
    // The same file can be chosen again after it changed on disk.
    input.value = "";
    void take(files, kind);
  });
}
part("again").addEventListener("click", () => {
  held = {};
  show("");
  part("receipt").focus();
});

let depth = 0;
const dragging = (by: number): void => {
  depth = Math.max(0, depth + by);
  document.body.classList.toggle("dragging", depth > 0);
};
addEventListener("dragenter", () => dragging(1));
addEventListener("dragleave", () => dragging(-1));
addEventListener("dragover", (event) => event.preventDefault());
addEventListener("drop", (event) => {
  event.preventDefault();
  dragging(-depth);
  void take(Array.from(event.dataTransfer?.files ?? []));
});
