/** $1 application, $2 now, $3 requests, $4 per seconds → a row when there is one left */
export const takeQuota = {
  name: 'take_provider_quota',
  text: `
    insert into provider_quota as q (application, window_from, used) values ($1, $2, 1)
    on conflict (application) do update
    set window_from = case when q.window_from <= excluded.window_from - make_interval(secs => $4) then excluded.window_from
                           else q.window_from end,
        used = case when q.window_from <= excluded.window_from - make_interval(secs => $4) then 1 else q.used + 1 end
    where q.used < $3 or q.window_from <= excluded.window_from - make_interval(secs => $4)
    returning used`,
}

/** $1 application */
export const selectQuota = {
  name: 'select_provider_quota',
  text: `select window_from as "windowFrom" from provider_quota where application = $1`,
}
