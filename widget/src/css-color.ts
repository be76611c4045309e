import { type Color, parseHex } from './color.ts'

/**
 * A name of CSS or a hex form, without transparency; undefined of anything else. Keywords such as `inherit` and functions
 * are no colors of their own.
 */
export function readCssColor(text: string): Color | undefined {
  if (!/^(?:#(?:[\da-f]{3}|[\da-f]{6})|[a-z]{3,30})$/i.test(text)) return undefined
  const canvas = document.createElement('canvas').getContext('2d')
  if (canvas === null) return undefined
  // What it does not take leaves it as it was: seen from two sides, that shows.
  const [onBlack, onWhite] = ['#000000', '#ffffff'].map((before) => {
    canvas.fillStyle = before
    canvas.fillStyle = text
    return canvas.fillStyle
  })
  return onBlack === onWhite ? parseHex(onBlack!) : undefined
}
