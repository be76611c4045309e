import { type Color, parseHex, standOut, textOn, toHex } from './color.ts'
import { readCssColor } from './css-color.ts'
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

/** Through the CSSOM: the content security policy takes no style that is written into the page. */
function setAccent(accent: Color): void {
  const { style } = document.documentElement
  const backdrop = parseHex(getComputedStyle(document.documentElement).getPropertyValue('--backdrop'))!
  style.setProperty('--accent', toHex(accent))
  style.setProperty('--on-accent', toHex(textOn(accent)))
  style.setProperty('--accent-text', toHex(standOut(accent, backdrop, TEXT_RATIO)))
  style.setProperty('--accent-edge', toHex(standOut(accent, backdrop, EDGE_RATIO)))
}
