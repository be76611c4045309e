/** Plain text, the first column to the left, numbers to the right. */
export function formatTable(head: string[], rows: string[][]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)))
  const line = (cells: string[]) =>
    cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
  return [head, widths.map((width) => '-'.repeat(width)), ...rows].map((cells) => line(cells).join('  ')).join('\n')
}
