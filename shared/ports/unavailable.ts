/** A service outside the program did not answer or said "later". The caller may try again; an effect may have happened. */
export class Unavailable extends Error {
  override readonly name = "Unavailable";
  readonly service: string;
  constructor(service: string, what: string, options?: ErrorOptions) {
    super(`${service}: ${what}`, options);
    this.service = service;
  }
}
