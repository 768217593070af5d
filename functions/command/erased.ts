/** The data of the person a command is about was erased, or is being erased: nothing can be read or recorded of it any more. */
export class Erased extends Error {
  override readonly name = "Erased";
}
