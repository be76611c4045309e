import {
  anyObject,
  anything,
  boolean,
  fullLinkage,
  instant,
  integer,
  linkage,
  list,
  matching,
  number,
  object,
  oneOf,
  readOnly,
  string,
} from '../notation.ts'

const MetricType = oneOf(
  'blood_pressure_systolic',
  'blood_pressure_diastolic',
  'hemoglobin_a1c',
  'hdl_cholesterol',
  'ldl_cholesterol',
  'total_cholesterol',
  'triglycerides',
  'blood_urea_nitrogen',
  'creatinine',
  'hemoglobin',
  'hematocrit',
  'total_serum_iron',
  'thyroid_stimulating_hormone',
  'free_thyroxine',
  'free_triiodothyronine',
  'total_triiodothyronine',
  'cd4_cell_count',
  'hiv_viral_load',
  'inr',
  'free_testosterone',
  'total_testosterone',
  'c_reactive_protein',
  'prostate_specific_antigen',
  'cotinine',
  'c_peptide',
  'blood_pressure',
  'blood_glucose',
  'weight',
  'heart_rate',
  'body_fat_percentage',
  'body_mass_index',
  'body_temperature',
  'forced_expiratory_volume1',
  'forced_vital_capacity',
  'lean_body_mass',
  'nausea_level',
  'oxygen_saturation',
  'pain_level',
  'peak_expiratory_flow_rate',
  'peripheral_perfusion_index',
  'respiratory_rate',
  'inhaler_usage',
)

const Identifier = object({ label: string, 'system!': string, 'value!': string })

const ActionMetric = object({
  metric_type: string,
  unit: string,
  goal: anyObject,
  validations: object({
    minimum: object({ value: number, unit: string }),
    maximum: object({ value: number, unit: string }),
  }),
})

const ActionWindow = object({ title: string, 'type!': string, _id: string })

export const plans = {
  action: object({
    'type!': string,
    'id!': string,
    attributes: object({
      'type!': oneOf('other_lifestyle'),
      'title!': string,
      static_title: readOnly(string),
      'effective_from!': instant,
      effective_to: instant,
      tracking: boolean,
      _thread: string,
      adherence: readOnly(
        object({ due: integer, complete: integer, streak: object({ count: integer, updated_at: instant }) }),
      ),
      frequency_goal: object({ weeks: object({ days: list(oneOf(0, 1, 2, 3, 4, 5, 6)) }) }),
      identifiers: list(Identifier),
      details: anyObject,
      intake: anyObject,
      metric_required: boolean,
      metrics: list(ActionMetric),
      windows: list(ActionWindow),
    }),
    relationships: object({ plan: object({ data: linkage, links: anyObject }) }),
  }),
  bundle: object({
    'type!': string,
    'id!': string,
    attributes: object({
      'type!': string,
      'title!': string,
      'effective_from!': instant,
      effective_to: instant,
      _thread: string,
    }),
    relationships: object({
      plan: object({ data: linkage, links: anyObject }),
      actions: object({ data: linkage, links: anyObject }),
    }),
  }),
  patient_plan_summary: object({
    'id!': string,
    'type!': oneOf('patient_plan_summary'),
    attributes: object({
      adherence: readOnly(anyObject),
      critical: anyObject,
      time_zone: string,
      window_order: list(object({ type: string, _actions: list(string) })),
      effective_from: readOnly(instant),
      window_notification_times: readOnly(
        object({ morning: integer, afternoon: integer, evening: integer, night: integer }),
      ),
    }),
    relationships: object({
      'actions!': object({ data: list(fullLinkage), links: object({ related: string }) }),
      'bundles!': object({ data: list(fullLinkage), links: object({ related: string }) }),
      'patient!': object({ data: linkage, links: object({ related: string }) }),
      current_results: object({ data: list(fullLinkage), links: object({ related: string }) }),
    }),
    links: readOnly(object({ 'self!': matching('/patient_plan_summary/[0-9a-z]+') })),
  }),
  patient_health_metric: object({
    'type!': string,
    'id!': string,
    attributes: object({
      type: MetricType,
      code: object({ 'system!': string, 'value!': string }),
      value: anything,
      systolic: number,
      diastolic: number,
      unit: string,
      occurred_at: instant,
    }),
    relationships: object({
      patient: object({
        data: object({
          type: string,
          id: string,
          meta: object({
            'query!': object({
              groups: list(string),
              organization: string,
              'identifier!': object({ 'system!': string, 'value!': string }),
            }),
          }),
        }),
        links: anyObject,
      }),
    }),
  }),
  result: object({
    'type!': string,
    'id!': string,
    attributes: object({
      type: string,
      metric_type: MetricType,
      annotations: list(object({ text: string, title: string })),
      skipped: boolean,
      occurred_at: instant,
      occurred_at_time_zone: string,
      window: string,
      data: object({ value: anything }),
      _thread: string,
      channel: string,
      external_id: string,
      source: object({ source_id: string, name: string, metadata: anything }),
      aggregation: string,
    }),
    relationships: object({
      patient: object({
        data: object({
          type: string,
          id: string,
          meta: object({
            'query!': object({
              groups: list(string),
              organization: string,
              'identifier!': object({ 'system!': string, 'value!': string }),
            }),
          }),
        }),
        links: anyObject,
      }),
      action: object({ data: linkage, links: anyObject }),
      metric: object({ data: linkage, links: anyObject }),
    }),
  }),
}
