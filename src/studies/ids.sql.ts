/** $1 tenant, $2 kind → the next number; whoever else asks waits until the transaction ends */
export const takeNumber = {
  name: 'take_study_number',
  text: `
    insert into study_counter (tenant_id, kind, last) values ($1, $2, 1)
    on conflict (tenant_id, kind) do update set last = study_counter.last + 1
    returning last`,
}

/** $1 tenant: those who add participants do so one after the other */
export const lockParticipantNumbers = {
  name: 'lock_participant_numbers',
  text: `
    insert into study_counter (tenant_id, kind, last) values ($1, 'participant', 0)
    on conflict (tenant_id, kind) do update set last = study_counter.last`,
}

/** $1 tenant, locked → the next id that nobody in the tenant has, were it one that was sent */
export const takeParticipantId = {
  name: 'take_participant_id',
  text: `
    update study_counter c
    set last = (
      select n from (select generate_series(c.last + 1, c.last + 1000000) as n) numbers
      where not exists (
        select 1 from study_participant p
        where p.tenant_id = $1 and p.participant_id = 'P' || lpad(n::text, greatest(3, length(n::text)), '0')
      )
      limit 1
    )
    where c.tenant_id = $1 and c.kind = 'participant'
    returning 'P' || lpad(last::text, greatest(3, length(last::text)), '0') as id`,
}
