// Where a log's bytes are not UTF-8, the report carries the exact bytes in
// base64 beside the repaired text. They are shown with each such byte as \xNN.
import type { Segment } from "./inert";
import { segments } from "./inert";

function fromBase64(base64: string): Uint8Array | null {
  try {
    return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  } catch {
    return null;
  }
}

function sequenceLength(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead < 0xe0) return 2;
  if (lead >= 0xe0 && lead < 0xf0) return 3;
  return lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
}

function decodeAt(bytes: Uint8Array, at: number, decoder: TextDecoder): string | null {
  const n = sequenceLength(bytes[at] ?? 0);
  if (n === 0 || at + n > bytes.length) return null;
  try {
    return decoder.decode(bytes.subarray(at, at + n));
  } catch {
    return null;
  }
}

/** The bytes as text; null if this is not base64. */
export function byteSegments(base64: string): Segment[] | null {
  const bytes = fromBase64(base64);
  if (bytes === null) return null;
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const out: Segment[] = [];
  let good = "";
  const flush = () => {
    if (good !== "") out.push(...segments(good));
    good = "";
  };
  for (let i = 0; i < bytes.length;) {
    const c = decodeAt(bytes, i, decoder);
    if (c === null) {
      flush();
      out.push({ text: `\\x${(bytes[i] ?? 0).toString(16).padStart(2, "0")}`, escaped: true });
      i++;
    } else {
      good += c;
      i += sequenceLength(bytes[i] ?? 0);
    }
  }
  flush();
  return out;
}
