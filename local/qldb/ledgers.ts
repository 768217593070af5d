import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { Exports } from "./exports.ts";
import { Ledger, type LedgerDescription } from "./ledger.ts";
import { invalidParameter, ledgerNotFound, limitExceeded, Refusal } from "./refusal.ts";
import { dropSettings, keepSettings, keptSettings, type LedgerSettings } from "./settings.ts";

const namePattern = /^(?!.*--)(?![0-9]+$)(?!-)(?!.*-$)[A-Za-z0-9-]{1,32}$/;

/** Active ledgers of an account in a region (service quota). */
const maxLedgers = 5;

/** The ledgers of one folder, one journal file each. */
export class Ledgers {
  readonly #folder: string;
  readonly exports: Exports;
  readonly #open = new Map<string, Ledger>();

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.exports = new Exports(folder);
    for (const file of readdirSync(folder)) {
      const name = /^(.*)\.journal$/.exec(file)?.[1];
      if (name !== undefined) this.#open.set(name, Ledger.open(folder, name));
    }
  }

  find(name: string): Ledger | undefined {
    return this.#open.get(name);
  }

  /** The ledger `name`; refuses with ResourceNotFoundException. */
  get(name: string): Ledger {
    const ledger = this.#open.get(name);
    if (ledger === undefined) throw ledgerNotFound(name);
    return ledger;
  }

  all(): Ledger[] {
    return [...this.#open.values()];
  }

  create(wanted: Omit<LedgerDescription, "strandId">): Ledger {
    const { name } = wanted;
    if (!namePattern.test(name)) throw invalidParameter("Name", "The ledger name is not valid");
    if (this.#open.has(name)) {
      throw new Refusal(409, "ResourceAlreadyExistsException", `Ledger ${name} already exists`, {
        ResourceType: "Ledger",
        ResourceName: name,
      });
    }
    if (this.#open.size >= maxLedgers) {
      throw limitExceeded(`Accounts have at most ${maxLedgers} active ledgers`);
    }
    const ledger = Ledger.create(this.#folder, wanted);
    this.#open.set(name, ledger);
    return ledger;
  }

  /** What of the ledger can be changed, as it is now. */
  settings(name: string): LedgerSettings {
    const { permissionsMode, deletionProtection } = this.get(name).description;
    const made = { permissionsMode, deletionProtection, tags: {} };
    return keptSettings(this.#folder, name) ?? made;
  }

  change(name: string, change: Partial<LedgerSettings>): void {
    keepSettings(this.#folder, name, { ...this.settings(name), ...change });
  }

  /** Deletes the ledger with its journal; refuses while it is protected. */
  delete(name: string): void {
    const ledger = this.get(name);
    if (this.settings(name).deletionProtection) {
      throw new Refusal(
        412,
        "ResourcePreconditionNotMetException",
        `Ledger ${name} is protected from deletion`,
        { ResourceType: "Ledger", ResourceName: name },
      );
    }
    this.#open.delete(name);
    ledger.close();
    rmSync(Ledger.path(this.#folder, name));
    dropSettings(this.#folder, name);
  }

  close(): void {
    for (const ledger of this.#open.values()) ledger.close();
  }
}
