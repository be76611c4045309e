import { type Glyph, knownProviders } from './known-providers.ts'

/** Drawn by us on a grid of 24: what the provider's device or service is about, not anybody's logo. */
const paths: Record<Glyph, string> = {
  heart:
    'M12 19.5S4 15 3.6 9.6C3.4 6.9 5.2 5 7.6 5 9.5 5 11 6 12 7.8 13 6 14.5 5 16.4 5c2.4 0 4.2 1.9 4 4.6C20 15 12 19.5 12 19.5z',
  leaf: 'M5.5 18.5C4 10.5 9.5 5 19.5 4.5 20 14.5 14 20 5.5 18.5zM4 20.5c1.5-4.5 4.5-7.5 9-9.5',
  drop: 'M12 3.5s6 6.3 6 10.7a6 6 0 0 1-12 0C6 9.8 12 3.5 12 3.5z',
  bars: 'M5 19v-4M9.7 19V9M14.3 19v-7M19 19V5',
  watch: 'M12 6a6 6 0 1 1 0 12 6 6 0 0 1 0-12zM9 6.5 9.7 3h4.6l.7 3.5M9 17.5l.7 3.5h4.6l.7-3.5M12 9.5V12l1.7 1',
  pulse: 'M2.5 12.5h4.5l2.5-6.5 5 12 2.5-5.5h4.5',
  ring: 'M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16zM12 7.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9z',
  gauge: 'M5.5 18a8.5 8.5 0 1 1 13 0M12 13.5l3.5-4.5M12 13.5v.01',
  band: 'M7 8.5a5 5 0 0 1 10 0v7a5 5 0 0 1-10 0zM7 9.5h10M7 14.5h10',
  scale: 'M7 4h10a3 3 0 0 1 3 3v10a3 3 0 0 1-3 3H7a3 3 0 0 1-3-3V7a3 3 0 0 1 3-3zM8 9.5a6 6 0 0 1 8 0l-2.2 3h-3.6z',
}

/** A provider's sign. The name always stands beside it, so screen readers skip it. */
export function Mark({ name, size = 44 }: { name: string; size?: number }) {
  const { color, glyph } = knownProviders[name] ?? { color: '#5d6b78', glyph: 'pulse' as const }
  return (
    <svg class="mark" width={size} height={size} viewBox="0 0 44 44" aria-hidden="true">
      <rect width="44" height="44" rx="13" fill={color} />
      <path
        transform="translate(10 10)"
        d={paths[glyph]}
        fill="none"
        stroke="#fff"
        stroke-width="1.9"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  )
}
