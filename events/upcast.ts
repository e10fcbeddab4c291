/** An event as it is stored or published, of any version that was ever written. Its data is not parsed yet. */
export interface WrittenEvent {
  readonly type: string;
  readonly version: number;
  readonly data: unknown;
}

type Data = Readonly<Record<string, unknown>>;

/**
 * For each version that has a successor, the conversion of its data to that successor. A conversion is pure, reads nothing
 * but the data, and stays for as long as a log may contain the version: logs are never rewritten.
 */
const upcasters = new Map<string, (data: Data) => Data>([
  // The next version only has more reasons.
  ['OrderHeld.v1', (data) => data],
  // The label's address is a link to the recipient's name and address that needs no sign-in.
  ['ShipmentBooked.v1', ({ labelUrl: _labelUrl, ...data }) => data],
]);

/** The event as the newest version that this code knows, converted version by version. */
export function upcast<Event extends WrittenEvent>(event: Event): Event {
  let { version, data } = event;
  for (;;) {
    const convert = upcasters.get(`${event.type}.v${version}`);
    if (convert === undefined) return version === event.version ? event : { ...event, version, data };
    data = convert(isData(data) ? data : {});
    version += 1;
  }
}

function isData(data: unknown): data is Data {
  return typeof data === 'object' && data !== null;
}
