/** $1 tenant, $2 copies, $3 delay in seconds, $4 until; writes nothing but for a sandbox */
export const armFault = {
  name: 'arm_sandbox_fault',
  text: `
    insert into sandbox_fault (tenant_id, copies, delay_seconds, expires_at)
    select id, $2, $3, $4 from tenant where id = $1 and environment = 'sandbox'
    on conflict (tenant_id) do update
    set copies = excluded.copies, delay_seconds = excluded.delay_seconds, expires_at = excluded.expires_at`,
}
