/** Where data comes from. One file declares one. */
export type Provider = {
  /** As the Devices API names it in `source`. */
  name: string
  /** As a person reads it. */
  label: string
}
