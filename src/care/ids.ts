/** The published API's ids are lower-case letters and digits: a UUID goes without its hyphens. */
export const toWireId = (id: string): string => id.replaceAll('-', '')

/** Undefined for what is no id of ours; it names nothing. With hyphens, as other APIs write the same id, it is taken too. */
export function fromWireId(text: string): string | undefined {
  const parts = /^([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})$/i.exec(text)
  return parts?.slice(1).join('-').toLowerCase()
}

/** What is no id of ours names nothing: it is asked for as nobody's. */
export const idOrNobody = (text: string): string => fromWireId(text) ?? '00000000-0000-0000-0000-000000000000'
