/**
 * $1 before, $2 limit → events that were told of long ago, with their messages, deliveries and attempts. One of which a
 * delivery is still to arrive, or did not, stays: somebody can see it and act on it.
 */
export const deleteToldEvents = {
  name: 'delete_told_events',
  text: `
    delete from event where id = any (array(
      select v.id from event v
      where v.occurred_at < $1 and not exists (
        select from message m join delivery d on d.message_id = m.id
        where m.event_id = v.id and d.status not in ('delivered', 'cancelled')
      )
      order by v.occurred_at
      limit $2
      for update skip locked
    ))
    returning id`,
}

/** $1 before → how recoveries went is of no use longer than what they sent */
export const deleteOldRecoveries = {
  name: 'delete_old_recoveries',
  text: `delete from webhook_recovery where completed_at < $1`,
}
