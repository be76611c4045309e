import { type Color, parseHex, standOut, textOn, toHex } from './color.ts'
import type { Settings } from './parameters.ts'

/** WCAG 2.2, 1.4.3 and 1.4.11. */
const TEXT_RATIO = 4.5
const EDGE_RATIO = 3

/** Sets light or dark, now and when the system changes it, and the partner's color in a form that can be read. */
export function applyAppearance({ colorMode, customColor }: Settings): void {
  const systemIsDark = matchMedia('(prefers-color-scheme: dark)')
  const accent = customColor === undefined ? undefined : readCssColor(customColor)
  const apply = () => {
    document.documentElement.dataset['mode'] = colorMode ?? (systemIsDark.matches ? 'dark' : 'light')
    if (accent !== undefined) setAccent(accent)
  }
  apply()
  systemIsDark.addEventListener('change', apply)
}

/** A name or a hex form without transparency. Keywords such as `inherit` and functions are no colors of their own. */
function readCssColor(text: string): Color | undefined {
  if (!/^(?:#(?:[\da-f]{3}|[\da-f]{6})|[a-z]{3,30})$/i.test(text) || !CSS.supports('color', text)) return undefined
  const canvas = document.createElement('canvas').getContext('2d')
  if (canvas === null) return undefined
  // What it does not take leaves it as it was: seen from two sides, that shows.
  const [onBlack, onWhite] = ['#000000', '#ffffff'].map((before) => {
    canvas.fillStyle = before
    canvas.fillStyle = text
    return canvas.fillStyle
  })
  return onBlack === onWhite && onBlack !== undefined ? parseHex(onBlack) : undefined
}

/** Through the CSSOM: the content security policy takes no style that is written into the page. */
function setAccent(accent: Color): void {
  const { style } = document.documentElement
  const background = parseHex(getComputedStyle(document.documentElement).getPropertyValue('--backdrop')) ?? [
    255, 255, 255,
  ]
  style.setProperty('--accent', toHex(accent))
  style.setProperty('--on-accent', toHex(textOn(accent)))
  style.setProperty('--accent-text', toHex(standOut(accent, background, TEXT_RATIO)))
  style.setProperty('--accent-edge', toHex(standOut(accent, background, EDGE_RATIO)))
}
