-- Roles are of the whole cluster, so another database may have made them already, even at this moment.
do $$ begin
  if not exists (select from pg_roles where rolname = 'quittance_tenant') then
    create role quittance_tenant nologin nobypassrls;
  end if;
exception when duplicate_object or unique_violation then null;
end $$;
--> statement-breakpoint
do $$ begin
  if not exists (select from pg_roles where rolname = 'quittance_unscoped') then
    create role quittance_unscoped nologin nobypassrls;
  end if;
exception when duplicate_object or unique_violation then null;
end $$;
--> statement-breakpoint
do $$ begin
  execute format('grant quittance_tenant, quittance_unscoped to %I', current_user);
exception when others then
  -- A superuser may act as any role without the grant; a concurrent grant of the same is as good.
  null;
end $$;
--> statement-breakpoint
grant usage on schema public to quittance_tenant, quittance_unscoped;
--> statement-breakpoint
do $$
declare t text;
begin
  for t in select tablename from pg_tables where schemaname = 'public' loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format(
      'create policy tenant_rows on %I to quittance_tenant using (tenant_id = nullif(current_setting(''app.tenant'', true), '''')) with check (tenant_id = nullif(current_setting(''app.tenant'', true), ''''))',
      t);
    execute format('grant select, insert, update, delete on %I to quittance_tenant', t);
  end loop;
end $$;
--> statement-breakpoint
-- The few look-ups that come before a tenant is known: who knocks, and at which door.
create policy before_tenant on "tenant" for select to quittance_unscoped using (true);
--> statement-breakpoint
create policy before_tenant on "connection" for select to quittance_unscoped using (true);
--> statement-breakpoint
create policy before_tenant on "credential" for select to quittance_unscoped using (true);
--> statement-breakpoint
grant select on "tenant", "connection", "credential" to quittance_unscoped;
--> statement-breakpoint
create policy new_tenant on "tenant" for insert to quittance_unscoped with check (true);
--> statement-breakpoint
grant insert on "tenant" to quittance_unscoped;
--> statement-breakpoint
-- What happened stays: events and their seals are only ever added.
revoke update, delete on "event", "event_checkpoint" from quittance_tenant;
--> statement-breakpoint
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'Rows of % are append-only.', tg_table_name;
end $$;
--> statement-breakpoint
create trigger event_is_append_only before update or delete on "event"
  for each row execute function refuse_change();
--> statement-breakpoint
create trigger event_checkpoint_is_append_only before update or delete on "event_checkpoint"
  for each row execute function refuse_change();
