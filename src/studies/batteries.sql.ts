const columns = `'battery_' || id as id, name, tasks, created_at, updated_at`

export const batteryColumns = columns

/** $1 tenant, $2 number */
export const selectBattery = {
  name: 'select_battery',
  text: `select ${columns} from study_battery where tenant_id = $1 and id = $2`,
}

/** $1 tenant, $2 number → the battery, which is not deleted until the transaction ends */
export const keepBattery = {
  name: 'keep_battery',
  text: `${selectBattery.text} for key share`,
}

/** $1 tenant, $2 number → the battery, which nobody else changes, or begins to use, until the transaction ends */
export const lockBattery = {
  name: 'lock_battery',
  text: `${selectBattery.text} for update`,
}

/** $1 tenant, $2 number, $3 name, $4 tasks, $5 now */
export const insertBattery = {
  name: 'insert_battery',
  text: `
    insert into study_battery (tenant_id, id, name, tasks, created_at, updated_at) values ($1, $2, $3, $4, $5, $5)
    returning ${columns}`,
}

/** $1 tenant, $2 number, $3 name, $4 tasks, $5 now */
export const updateBattery = {
  name: 'update_battery',
  text: `
    update study_battery set name = $3, tasks = $4, updated_at = $5 where tenant_id = $1 and id = $2
    returning ${columns}`,
}

/** $1 tenant, $2 number → a row where a session is of it */
export const selectAnySession = {
  name: 'select_any_session_of_battery',
  text: `select 1 from study_session where tenant_id = $1 and battery_id = $2 limit 1`,
}

/** $1 tenant, $2 number */
export const deleteBattery = {
  name: 'delete_battery',
  text: `delete from study_battery where tenant_id = $1 and id = $2`,
}
