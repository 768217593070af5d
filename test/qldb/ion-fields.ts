/** A value of Ion text that holds no other: whose it is (`[]` one of a list, `*` what a document's id names), and where it stands; of a blob without what base64 leaves over. */
export interface IonField {
  readonly path: string;
  readonly from: number;
  readonly to: number;
}

/** Every {@link IonField} of Ion text as the service writes it: without white space, comments or annotations. */
export function ionFields(text: string): IonField[] {
  const fields: IonField[] = [];
  let at = 0;
  read("");
  return fields;

  function read(path: string): void {
    if (text.startsWith("{{", at)) blob(path);
    else if (text[at] === "{") members("}", () => read(`${path}.${name()}`));
    else if (text[at] === "[") members("]", () => read(`${path}[]`));
    else take(path, matched(/"(?:\\.|[^"\\])*"|[^,\]}]+/y));
  }

  function members(end: string, member: () => void): void {
    at++;
    while (text[at] !== end) {
      member();
      if (text[at] === ",") at++;
    }
    at++;
  }

  function name(): string {
    const named = matched(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[^:]+/y).replaceAll(/["']/g, "");
    at++;
    return /^[0-9A-Za-z]{22}$/.test(named) ? "*" : named;
  }

  function blob(path: string): void {
    const end = text.indexOf("}}", at);
    const base64 = text.slice(at + 2, end);
    const kept = base64.replace(/[^=]==?$/, "").length;
    fields.push({ path: path.slice(1), from: at + 2, to: at + 2 + kept });
    at = end + 2;
  }

  function take(path: string, value: string): void {
    fields.push({ path: path.slice(1), from: at - value.length, to: at });
  }

  function matched(pattern: RegExp): string {
    pattern.lastIndex = at;
    const [found] = pattern.exec(text) ?? [];
    if (!found) throw new Error(`no Ion at ${at}`);
    at += found.length;
    return found;
  }
}
