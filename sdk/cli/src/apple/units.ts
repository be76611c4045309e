/** The unit that the server takes, and a value of Apple's unit in it. */
export type Conversion = { unit: string; convert: (value: number) => number }
/** By the unit as `export.xml` writes it. */
export type Units = Record<string, Conversion>

/** 5.2 km in miles and back again is not 5.199999999: noise far below what a sensor tells is rounded off. */
export const withoutNoise = (value: number) => Math.round(value * 1e6) / 1e6

const same = (unit: string): Conversion => ({ unit, convert: (value) => value })
const times = (unit: string, factor: number): Conversion => ({
  unit,
  convert: (value) => withoutNoise(value * factor),
})

export const counts: Units = { count: same('count') }
export const perMinute: Units = { 'count/min': same('count/min'), 'count/s': times('count/min', 60) }

/** Apple writes per cent as a share of 1; apps that write 98 for 98 % exist. */
export const shares: Units = {
  '%': { unit: '%', convert: (value) => (value <= 1 ? withoutNoise(value * 100) : value) },
}

export const lengths: Units = {
  m: same('m'),
  km: same('km'),
  cm: times('m', 0.01),
  mi: times('m', 1609.344),
  yd: times('m', 0.9144),
  ft: times('m', 0.3048),
  in: times('m', 0.0254),
}
export const heights: Units = {
  cm: same('cm'),
  m: same('m'),
  mm: times('cm', 0.1),
  in: same('in'),
  ft: times('cm', 30.48),
}

/** Apple's `Cal` is a kilocalorie, `cal` a thousandth of one. */
export const energies: Units = {
  kcal: same('kcal'),
  Cal: same('kcal'),
  cal: times('kcal', 0.001),
  kJ: same('kJ'),
  J: times('kJ', 0.001),
}
export const masses: Units = {
  kg: same('kg'),
  g: same('g'),
  lb: same('lb'),
  oz: times('lb', 1 / 16),
  st: times('lb', 14),
}
export const macronutrients: Units = {
  g: same('g'),
  mg: same('mg'),
  mcg: times('mg', 0.001),
  kg: times('g', 1000),
  oz: times('g', 28.349_523_125),
}
export const micronutrients: Units = { mg: same('mg'), g: same('g'), mcg: same('ug') }
export const drinks: Units = {
  mL: same('mL'),
  L: same('L'),
  fl_oz_us: times('mL', 29.573_529_562_5),
  fl_oz_imp: times('mL', 28.413_062_5),
  cup_us: times('mL', 236.588_236_5),
  cup_imp: times('mL', 284.130_625),
  pt_us: times('mL', 473.176_473),
  pt_imp: times('mL', 568.261_25),
}
export const temperatures: Units = {
  degC: same('degC'),
  degF: same('degF'),
  K: { unit: 'degC', convert: (value) => withoutNoise(value - 273.15) },
}
export const pressures: Units = {
  mmHg: same('mmHg'),
  kPa: times('mmHg', 7.500_615_76),
  cmAq: times('mmHg', 0.735_559_24),
}
export const glucose: Units = {
  'mg/dL': same('mg/dL'),
  'mmol/L': same('mmol/L'),
}
export const durations: Units = { s: same('s'), min: same('min'), hr: times('min', 60) }
export const milliseconds: Units = { ms: same('ms'), s: times('ms', 1000) }
export const speeds: Units = {
  'm/s': same('m/s'),
  'km/hr': same('km/h'),
  'km/h': same('km/h'),
  'mi/hr': times('km/h', 1.609_344),
  'ft/s': times('m/s', 0.3048),
}
export const powers: Units = { W: same('W'), kW: times('W', 1000) }
export const oxygenUptake: Units = {
  'mL/min·kg': same('mL/min/kg'),
  'mL/(kg*min)': same('mL/min/kg'),
  'mL/kg*min': same('mL/min/kg'),
}
export const flows: Units = { 'L/min': same('L/min'), 'L/s': times('L/min', 60), 'mL/min': times('L/min', 0.001) }
export const volumes: Units = { L: same('L'), mL: times('L', 0.001) }

/** What `unit` is among `units`. Apple writes the weight of a mole into it: `mmol<180.15588000005408>/L`. */
export function conversionOf(units: Units, unit: string): Conversion | undefined {
  const name = unit.replace(/<180\.\d+>/, '')
  return Object.hasOwn(units, name) ? units[name] : undefined
}
