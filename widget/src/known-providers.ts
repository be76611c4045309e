/**
 * What is drawn for a provider, and its name where the server does not tell it: an address names providers that anybody
 * may have written there, and only these are shown. A test holds them and the server's together.
 */
export const knownProviders: Record<string, { label: string; color: string; glyph: Glyph }> = {
  apple: { label: 'Apple Health', color: '#d63a5e', glyph: 'heart' },
  cronometer: { label: 'Cronometer', color: '#c4551b', glyph: 'leaf' },
  dexcom: { label: 'Dexcom', color: '#2e8540', glyph: 'drop' },
  fitbit: { label: 'Fitbit', color: '#00838c', glyph: 'bars' },
  garmin: { label: 'Garmin', color: '#1769aa', glyph: 'watch' },
  google: { label: 'Google Health', color: '#3b66d1', glyph: 'pulse' },
  oura: { label: 'Oura', color: '#5d6b78', glyph: 'ring' },
  tenovi: { label: 'Tenovi', color: '#6b4fc0', glyph: 'gauge' },
  whoop: { label: 'WHOOP', color: '#b0383b', glyph: 'band' },
  withings: { label: 'Withings', color: '#27707f', glyph: 'scale' },
}

export type Glyph = 'heart' | 'leaf' | 'drop' | 'bars' | 'watch' | 'pulse' | 'ring' | 'gauge' | 'band' | 'scale'

/** Undefined where the name is not one of ours. */
export const labelOf = (name: string): string | undefined =>
  Object.hasOwn(knownProviders, name) ? knownProviders[name]?.label : undefined
