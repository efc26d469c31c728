-- Every new table belongs to its tenant, as in 0001.
do $$
declare t text;
begin
  for t in select tablename from pg_tables where schemaname = 'public' and not exists (
    select from pg_policies where pg_policies.schemaname = 'public' and pg_policies.tablename = pg_tables.tablename
      and policyname = 'tenant_rows')
  loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format(
      'create policy tenant_rows on %I to quittance_tenant using (tenant_id = nullif(current_setting(''app.tenant'', true), '''')) with check (tenant_id = nullif(current_setting(''app.tenant'', true), ''''))',
      t);
    execute format('grant select, insert, update, delete on %I to quittance_tenant', t);
  end loop;
end $$;
