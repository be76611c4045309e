import {
  anyObject,
  boolean,
  instant,
  linkage,
  list,
  matching,
  number,
  object,
  oneOf,
  readOnly,
  string,
} from '../notation.ts'

export const profiles = {
  health_profile: object({
    'type!': string,
    id: string,
    attributes: object({
      stats: list(
        object({
          category: oneOf('lifestyle_behaviors', 'mental_wellbeing', 'preventative_care', 'overall'),
          answered: number,
          total: number,
        }),
      ),
    }),
    links: readOnly(object({ 'self!': matching('/health_profile/[0-9a-z]+') })),
    relationships: object({
      patient: readOnly(
        object({ data: linkage, links: readOnly(object({ related: matching('/pub/health_profile/[0-9a-z]+') })) }),
      ),
      questions: readOnly(
        object({
          data: list(linkage),
          links: readOnly(object({ related: matching('/pub/health_profile/[0-9a-z]+') })),
        }),
      ),
    }),
  }),
  health_profile_question: object({
    'type!': string,
    'id!': string,
    attributes: anyObject,
    links: readOnly(object({ 'self!': matching('/pub/health_profile_question/[0-9a-z]+') })),
    relationships: object({
      answer: object({
        data: linkage,
        links: readOnly(object({ related: matching('/pub/health_profile_question/[0-9a-z]+/answer') })),
      }),
      profile: object({
        links: readOnly(object({ related: matching('/pub/health_profile_question/[0-9a-z]+/profile') })),
      }),
      question_definition: object({
        data: linkage,
        links: readOnly(
          object({
            links: readOnly(
              object({ related: matching('/pub/health_profile_question/[0-9a-z]+/question_definition') }),
            ),
          }),
        ),
      }),
    }),
  }),
  health_profile_answer: object({
    'type!': string,
    'id!': string,
    attributes: object({
      history: list(object({ answered_at: instant, value: string, _created_by: string })),
      latest: object({ answered_at: instant, value: string, _created_by: string }),
      question_id: string,
    }),
    links: readOnly(object({ 'self!': matching('/health_profile_answer/[0-9a-z]+') })),
    relationships: object({
      patient: readOnly(
        object({
          data: linkage,
          links: readOnly(object({ related: matching('/pub/health_profile_answer/[0-9a-z]+') })),
        }),
      ),
    }),
  }),
  health_question_definition: object({
    'type!': string,
    'id!': string,
    attributes: object({
      category: oneOf('lifestyle_behaviors', 'mental_wellbeing', 'preventative_care'),
      format: object({ data: list(object({ label: string, value: string, icon: string })), type: string }),
      requirements: list(
        object({
          property: string,
          shouldBeEqual: boolean,
          shouldBeGreaterThan: number,
          shouldBeLessThan: number,
          value: string,
        }),
      ),
      text: string,
    }),
    links: readOnly(object({ 'self!': matching('/health_question_definition/[0-9]+') })),
    relationships: anyObject,
  }),
}
