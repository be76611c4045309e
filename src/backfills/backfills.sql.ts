/** One claim at a time: the bound on what is under way holds over processes. Held for milliseconds. */
export const lockClaims = {
  name: 'lock_backfill_claims',
  text: `select pg_advisory_xact_lock(hashtext('claim of backfills'))`,
}

/**
 * $1 now, $2 lease, $3 until, $4 how many of an application may be under way → what has waited longest. Each is claimed
 * for a day and then waits again behind the others: nobody's month keeps another's today from being read.
 */
export const claimBackfill = {
  name: 'claim_backfill',
  text: `
    with busy as (
      select g.application, count(*) as count from backfill b
      join provider_grant g on g.user_id = b.user_id and g.provider = b.provider
      where b.status = 'running' and b.lease_until > $1 group by g.application
    )
    update backfill b set status = 'running', lease_token = $2, lease_until = $3, updated_at = $1
    from provider_grant g join app_user u on u.id = g.user_id
    where b.id = (
        select due.id from backfill due
        join provider_grant owner on owner.user_id = due.user_id and owner.provider = due.provider
        where due.status in ('queued', 'waiting', 'running') and due.next_at <= $1
          and (due.lease_until is null or due.lease_until <= $1)
          and coalesce((select count from busy where busy.application = owner.application), 0) < $4
        order by due.next_at limit 1 for update of due skip locked
      ) and g.user_id = b.user_id and g.provider = b.provider
    returning b.id, b.user_id as "userId", b.provider, b.grant_id as "grantId", u.tenant_id as "tenantId",
      g.application, b.next_day::text as day, b.failures, b.created_at as "createdAt"`,
}

/** $1 backfill, $2 lease, $3 until → a row, unless the lease is lost */
export const extendLease = {
  name: 'extend_backfill_lease',
  text: `update backfill set lease_until = $3 where id = $1 and lease_token = $2 returning id`,
}

/** $1 backfill, $2 lease → a row when it is held; nobody takes it until the transaction ends */
export const lockHeld = {
  name: 'lock_held_backfill',
  text: `select id from backfill where id = $1 and lease_token = $2 for update`,
}

/** $1 backfill, $2 day that was read, $3 samples that it had, $4 now → whether there are more */
export const advanceBackfill = {
  name: 'advance_backfill',
  text: `
    update backfill
    set next_day = $2::date - 1, samples = samples + $3, failures = 0, error = null,
        status = case when $2::date - 1 < from_day then 'done' else 'running' end,
        next_at = case when $2::date - 1 < from_day then null else $4::timestamptz end,
        lease_token = null, lease_until = null, updated_at = $4
    where id = $1
    returning status`,
}

/** $1 backfill, $2 lease, $3 when it is tried again, $4 why, $5 failures so far, $6 now */
export const putOff = {
  name: 'put_off_backfill',
  text: `
    update backfill
    set status = 'waiting', next_at = $3, error = $4, failures = $5, lease_token = null, lease_until = null, updated_at = $6
    where id = $1 and lease_token = $2`,
}

/** $1 backfill, $2 lease, $3 why, $4 failures, $5 now */
export const giveUp = {
  name: 'give_up_backfill',
  text: `
    update backfill
    set status = 'failed', next_at = null, error = $3, failures = $4, lease_token = null, lease_until = null, updated_at = $5
    where id = $1 and lease_token = $2`,
}

/** $1 backfill, $2 lease: as it was found */
export const releaseBackfill = {
  name: 'release_backfill',
  text: `update backfill set lease_token = null, lease_until = null where id = $1 and lease_token = $2`,
}

/** $1 before which instant, $2 limit → a row each */
export const removeOld = {
  name: 'remove_old_backfills',
  text: `
    delete from backfill where id = any (array(
      select id from backfill where status in ('done', 'failed') and updated_at < $1 limit $2))
    returning id`,
}
