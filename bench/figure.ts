/** One measured figure beside the limit it is held to, both in `unit`. */
export type Figure = {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly limitName: string;
  readonly limit: number;
};

/** What a bench file exports: its figures, each given as soon as it is measured. */
export type Figures = () => AsyncIterable<Figure> | Iterable<Figure>;

/** A number with four significant digits, whole from 1,000 on. */
const short = (value: number): string =>
  Math.abs(value) >= 1000 ? Math.round(value).toLocaleString("en") : String(+value.toPrecision(4));

const ratioOf = ({ value, limit }: Figure): number => +(value / limit).toPrecision(4);

/** The figure on one line, its columns aligned with those of other figures. */
export function lineOf(figure: Figure): string {
  const { name, value, unit, limitName, limit } = figure;
  const measured = `${short(value).padStart(12)} ${unit.padEnd(10)}`;
  const held = `${short(ratioOf(figure)).padStart(8)} of ${short(limit).padStart(12)}`;
  return `${name.padEnd(36)} ${measured} ${held}  ${limitName}`;
}

/** The figure as one JSON object on one line, `ratio` = value / limit. */
export function jsonOf(figure: Figure): string {
  const { name, value, unit, limitName, limit } = figure;
  return JSON.stringify({ name, value, unit, limitName, limit, ratio: ratioOf(figure) });
}
