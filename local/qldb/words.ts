import { badRequest } from "./refusal.ts";

const token =
  /"[^"]*"|'(?:[^']|'')*'|`[^`]*`|[A-Za-z_$][A-Za-z0-9_$]*|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|<<|>>|[^\s]/g;
const plainName = /^[A-Za-z_$][A-Za-z0-9_$]*$/;

/** What a name may not be unless it stands in double quotes (QLDB developer guide, "Reserved keywords in Amazon QLDB"). */
const reserved = new Set(
  (
    "ABSOLUTE ACTION ADD ALL ALLOCATE ALTER AND ANY ARE AS ASC ASSERTION AT AUTHORIZATION AVG BAG BEGIN BETWEEN BIT BIT_LENGTH BLOB BOOL BOOLEAN BOTH BY CASCADE " +
    "CASCADED CASE CAST CATALOG CHAR CHARACTER CHARACTER_LENGTH CHAR_LENGTH CHECK CLOB CLOSE COALESCE COLLATE COLLATION COLUMN COMMIT CONNECT CONNECTION CONSTRAINT " +
    "CONSTRAINTS CONTINUE CONVERT CORRESPONDING COUNT CREATE CROSS CURRENT CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP CURRENT_USER CURSOR DATE DATE_ADD DATE_DIFF DAY " +
    "DEALLOCATE DEC DECIMAL DECLARE DEFAULT DEFERRABLE DEFERRED DELETE DESC DESCRIBE DESCRIPTOR DIAGNOSTICS DISCONNECT DISTINCT DOMAIN DOUBLE DROP ELSE END ESCAPE " +
    "EXCEPT EXCEPTION EXEC EXECUTE EXISTS EXTERNAL EXTRACT FALSE FETCH FIRST FLOAT FOR FOREIGN FOUND FROM FULL GET GLOBAL GO GOTO GRANT GROUP HAVING HOUR IDENTITY " +
    "IMMEDIATE IN INDEX INDICATOR INITIALLY INNER INPUT INSENSITIVE INSERT INT INTEGER INTERSECT INTERVAL INTO IS ISOLATION JOIN KEY LANGUAGE LAST LEADING LEFT LEVEL " +
    "LIKE LIMIT LIST LOCAL LOWER MATCH MAX MIN MINUTE MISSING MODULE MONTH NAMES NATIONAL NATURAL NCHAR NEXT NO NOT NULL NULLIF NUMERIC OCTET_LENGTH OF ON ONLY OPEN " +
    "OPTION OR ORDER OUTER OUTPUT OVERLAPS PAD PARTIAL PIVOT POSITION PRECISION PREPARE PRESERVE PRIMARY PRIOR PRIVILEGES PROCEDURE PUBLIC READ REAL REFERENCES RELATIVE " +
    "REMOVE RESTRICT REVOKE RIGHT ROLLBACK ROWS SCHEMA SCROLL SECOND SECTION SELECT SESSION SESSION_USER SET SEXP SIZE SMALLINT SOME SPACE SQL SQLCODE SQLERROR SQLSTATE " +
    "STRING STRUCT SUBSTRING SUM SYMBOL SYSTEM_USER TABLE TEMPORARY THEN TIME TIMESTAMP TIMEZONE_HOUR TIMEZONE_MINUTE TO TO_STRING TO_TIMESTAMP TRAILING TRANSACTION " +
    "TRANSLATE TRANSLATION TRIM TRUE TUPLE TXID UNDROP UNION UNIQUE UNKNOWN UNPIVOT UPDATE UPPER USAGE USER USING VALUE VALUES VARCHAR VARYING VIEW WHEN WHENEVER WHERE " +
    "WITH WORK WRITE YEAR ZONE"
  ).split(" "),
);

/** The tokens of a statement, read from left to right. */
export class Words {
  readonly #tokens: readonly string[];
  readonly parameters: number;
  #at = 0;
  #parametersSeen = 0;

  constructor(text: string) {
    this.#tokens = text.match(token) ?? [];
    this.parameters = this.#tokens.filter((each) => each === "?").length;
  }

  /** The next token as it is written; empty at the end. */
  get next(): string {
    return this.#tokens[this.#at] ?? "";
  }

  take(word: string): boolean {
    if (this.next.toUpperCase() !== word) return false;
    this.#at++;
    return true;
  }

  expect(...words: string[]): void {
    for (const word of words) if (!this.take(word)) throw this.unsupported();
  }

  /** The next question mark's place among them all; undefined where none comes next. */
  parameter(): number | undefined {
    return this.take("?") ? this.#parametersSeen++ : undefined;
  }

  /** A name, in quotes or not. */
  name(): string {
    const word = this.next;
    const isQuoted = /^"[^"]+"$/.test(word);
    if (!isQuoted && (!plainName.test(word) || reserved.has(word.toUpperCase()))) {
      throw this.unsupported();
    }
    this.#at++;
    return isQuoted ? word.slice(1, -1) : word;
  }

  /** What stands between these marks, if it comes next. */
  between(mark: "'" | "`"): string | undefined {
    const word = this.next;
    if (word.length < 2 || !word.startsWith(mark)) return undefined;
    this.#at++;
    return word.slice(1, -1).replaceAll(`${mark}${mark}`, mark);
  }

  /** A number as it is written, if one comes next. */
  number(): string | undefined {
    const word = this.next;
    if (!/^-?\d/.test(word)) return undefined;
    this.#at++;
    return word;
  }

  /** `a.b[0].c`. */
  path(): [string, ...(string | number)[]] {
    const path: [string, ...(string | number)[]] = [this.name()];
    for (;;) {
      if (this.take(".")) path.push(this.name());
      else if (this.take("[")) path.push(this.#place());
      else return path;
    }
  }

  end<Q extends object>(query: Q): Q & { parameters: number } {
    if (this.#at < this.#tokens.length) throw this.unsupported();
    return { ...query, parameters: this.parameters };
  }

  unsupported(): Error {
    const word = this.#tokens[this.#at];
    const before = this.#tokens.slice(Math.max(0, this.#at - 3), this.#at).join(" ");
    return badRequest(
      word === undefined
        ? "The statement ends too early"
        : `Not spoken by this stub: ${word}${before === "" ? "" : ` after ${before}`}`,
    );
  }

  #place(): number {
    const word = this.next;
    if (!/^\d{1,9}$/.test(word)) throw this.unsupported();
    this.#at++;
    this.expect("]");
    return Number(word);
  }
}
