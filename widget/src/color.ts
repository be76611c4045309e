/** Red, green and blue, 0 to 255. */
export type Color = readonly [number, number, number]

const BLACK: Color = [0, 0, 0]
const WHITE: Color = [255, 255, 255]

/** Of `#rrggbb`; undefined of anything else. */
export function parseHex(text: string): Color | undefined {
  const [, red, green, blue] = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i.exec(text.trim()) ?? []
  if (red === undefined || green === undefined || blue === undefined) return undefined
  return [Number.parseInt(red, 16), Number.parseInt(green, 16), Number.parseInt(blue, 16)]
}

export const toHex = (color: Color): string =>
  `#${color.map((channel) => Math.round(channel).toString(16).padStart(2, '0')).join('')}`

/** The ratio of WCAG 2.2, 1 to 21. */
export function contrast(one: Color, other: Color): number {
  const [darker, lighter] = [luminance(one), luminance(other)].toSorted((a, b) => a - b) as [number, number]
  return (lighter + 0.05) / (darker + 0.05)
}

/** Black or white, whichever reads better on `background`: 4.58 : 1 in the worst case. */
export const textOn = (background: Color): Color =>
  contrast(WHITE, background) >= contrast(BLACK, background) ? WHITE : BLACK

/** `color`, made darker or lighter as little as it takes to stand out from `background` by `ratio`. */
export function standOut(color: Color, background: Color, ratio: number): Color {
  const target = textOn(background)
  for (let share = 0; share < 1; share += 0.02) {
    const mixed = mix(color, target, share)
    if (contrast(mixed, background) >= ratio) return mixed
  }
  return target
}

function mix(from: Color, to: Color, share: number): Color {
  const channel = (index: 0 | 1 | 2) => Math.round(from[index] + (to[index] - from[index]) * share)
  return [channel(0), channel(1), channel(2)]
}

function luminance(color: Color): number {
  const [red, green, blue] = color.map((channel) => {
    const part = channel / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
