import { generateKeyPairSync, randomBytes, sign } from "node:crypto";

/** A private key and the certificate that it signed for itself, both PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** One value of ASN.1 in DER (X.690 §8.1): a tag, the length of what it holds, and that. */
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const { length } = body;
  const head =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...head]), body]);
}

const sequence = 0x30;
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, "hex"));
const ecdsaWithSha256 = der(sequence, oid("2a8648ce3d040302"));
const commonName = oid("550403");
const subjectAltName = oid("551d11");
const basicConstraints = oid("551d13");
const time = (ms: number): Buffer =>
  der(0x18, Buffer.from(`${new Date(ms).toISOString().replaceAll(/\D/g, "").slice(0, 14)}Z`));

const dayMs = 86_400_000;

/** A certificate for the DNS names and for 127.0.0.1 (RFC 5280 §4.1), good from yesterday to tomorrow, which is its own authority: whoever is to believe it is given it. */
export function selfSigned(...names: readonly string[]): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const name = der(
    sequence,
    der(0x31, der(sequence, commonName, der(0x0c, Buffer.from("countersign stub")))),
  );
  const alternatives = names.map((each) => der(0x82, Buffer.from(each)));
  const extension = (id: Buffer, value: Buffer): Buffer => der(sequence, id, der(0x04, value));
  const now = Date.now();
  const body = der(
    sequence,
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, Buffer.concat([Buffer.of(1), randomBytes(8)])),
    ecdsaWithSha256,
    name,
    der(sequence, time(now - dayMs), time(now + dayMs)),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    der(
      0xa3,
      der(
        sequence,
        extension(basicConstraints, der(sequence, der(0x01, Buffer.of(0xff)))),
        extension(
          subjectAltName,
          der(sequence, ...alternatives, der(0x87, Buffer.of(127, 0, 0, 1))),
        ),
      ),
    ),
  );
  const signature = sign("sha256", body, privateKey);
  const whole = der(sequence, body, ecdsaWithSha256, der(0x03, Buffer.of(0), signature));
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${whole.toString("base64").replaceAll(/.{64}/g, "$&\n")}\n-----END CERTIFICATE-----\n`,
  };
}
