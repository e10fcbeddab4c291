import { TransientFault } from '../../shared/kernel/faults.ts';
import type { Label } from '../domain/shipment.ts';

const timeoutMs = 5_000;

/** Labels have some 100 kB. Lambda's answers may have 6 MB, and base64 makes a document a third larger. */
const maxBytes = 4_000_000;

const contentTypes: ReadonlySet<string> = new Set(['application/pdf', 'image/png', 'application/zpl']);

/** The carrier has deleted the label. */
const gone: ReadonlySet<number> = new Set([403, 404, 410]);

/**
 * Downloads a label from the address that the carrier gateway gives. The address needs no sign-in and the label has the
 * recipient's name and address, so the address is in no log line, error or answer.
 *
 * @param plain true when an address without TLS is accepted, as the sandbox on one machine has it.
 * @returns undefined when there is no such label any more.
 * @throws TransientFault when the label cannot be downloaded now, or what is there is no label.
 */
export async function downloadLabel(address: string, plain: boolean): Promise<Label | undefined> {
  const protocol = URL.canParse(address) ? new URL(address).protocol : '';
  if (protocol !== 'https:' && !(plain && protocol === 'http:')) throw fault('its address is not one of HTTPS');
  const response = await fetch(address, { redirect: 'error', signal: AbortSignal.timeout(timeoutMs) }).catch(() => {
    throw fault('no answer');
  });
  if (gone.has(response.status)) return undefined;
  const contentType = (response.headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (response.status !== 200) throw fault(`status ${response.status}`);
  if (!contentTypes.has(contentType)) throw fault('not a label');
  return { contentType, bytes: await read(response) };
}

async function read({ body }: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of body ?? []) {
      size += chunk.byteLength;
      if (size > maxBytes) break;
      chunks.push(chunk);
    }
  } catch {
    throw fault('the answer was cut off');
  }
  if (size === 0 || size > maxBytes) throw fault(`${size} bytes`);
  return Buffer.concat(chunks);
}

function fault(reason: string): TransientFault {
  return new TransientFault(`carrier gateway: the label could not be downloaded (${reason})`);
}
