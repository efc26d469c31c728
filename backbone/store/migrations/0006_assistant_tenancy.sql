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
--> statement-breakpoint
-- The rules of approval are kept here, where no way through the code gets round them.
alter table "proposal"
  add constraint proposal_status_known check (status in ('requires_review', 'approved', 'executing', 'succeeded',
    'failed', 'rejected', 'withdrawn', 'expired', 'stale')),
  add constraint proposal_requester_known check (requested_by_kind in ('person', 'agent', 'key', 'policy')),
  add constraint proposal_money_whole check ((amount_minor is null) = (currency is null)),
  add constraint proposal_approval_whole check (num_nulls(approval_no, approval_word, approved_by_kind, approved_by_id,
    approved_by_name) in (0, 5)),
  -- Only a person approves, or a written policy of the tenant (its version stands on the decision).
  add constraint proposal_approver_may check (approved_by_kind in ('person', 'policy') and approval_word = 'approve'),
  add constraint proposal_done_only_approved check (
    status not in ('approved', 'executing', 'succeeded', 'failed') or approval_no is not null),
  add constraint proposal_in_review_not_approved check (status <> 'requires_review' or approval_no is null),
  add constraint proposal_four_eyes check (approval_no is null or not needs_other_person or (
    approved_by_kind = 'person' and approved_by_id <> requested_by_id
    and approved_by_id is distinct from edited_by_id)),
  add constraint proposal_tainted_by_person check (approval_no is null or not is_tainted or approved_by_kind = 'person');
--> statement-breakpoint
alter table "proposal_decision"
  add constraint proposal_decision_known check (decision in ('approve', 'reject', 'edit', 'withdraw', 'expire',
    'stale', 'escalate')),
  add constraint proposal_decision_by_known check (by_kind in ('person', 'agent', 'key', 'policy')),
  add constraint proposal_decision_by_those_who_may check (
    decision not in ('approve', 'reject', 'edit') or by_kind = 'person'
    or (by_kind = 'policy' and decision = 'approve')),
  add constraint proposal_decision_names_its_policy check (by_kind <> 'policy' or policy_version is not null);
--> statement-breakpoint
-- What is approved names the decision that approved it: its taker, and the effect they looked at.
alter table "proposal" add constraint proposal_approved_by_decision
  foreign key (tenant_id, proposal_id, approval_no, approval_word, approved_by_kind, approved_by_id, effect_hash)
  references "proposal_decision" (tenant_id, proposal_id, decision_no, decision, by_kind, by_id, effect_hash)
  deferrable initially deferred;
--> statement-breakpoint
create function keep_proposal_life() returns trigger language plpgsql as $$
begin
  if (new.tenant_id, new.proposal_id, new.kind, new.subject_kind, new.subject_id, new.subject_label,
      new.requested_by_kind, new.requested_by_id, new.requested_by_name, new.agent, new.is_tainted, new.created_at)
    is distinct from
     (old.tenant_id, old.proposal_id, old.kind, old.subject_kind, old.subject_id, old.subject_label,
      old.requested_by_kind, old.requested_by_id, old.requested_by_name, old.agent, old.is_tainted, old.created_at) then
    raise exception 'What proposal % is about, and who asked, never changes.', old.proposal_id using errcode = '23514';
  end if;
  if old.status <> new.status and (old.status || ' ' || new.status) not in (
    'requires_review approved', 'requires_review rejected', 'requires_review withdrawn', 'requires_review expired',
    'requires_review stale', 'approved executing', 'approved withdrawn', 'approved expired', 'approved stale',
    'executing succeeded', 'executing failed') then
    raise exception 'Proposal % is % and cannot become %.', old.proposal_id, old.status, new.status
      using errcode = '23514';
  end if;
  if old.status in ('succeeded', 'failed', 'rejected', 'withdrawn', 'expired', 'stale') then
    raise exception 'Proposal % is % and stays so.', old.proposal_id, old.status using errcode = '23514';
  end if;
  -- Its content is fixed but for an edit, or a raised role, while it is in review.
  if (new.payload, new.effect_hash, new.title, new.changes, new.evidence, new.records, new.amount_minor, new.currency,
      new.order_id, new.policy_reasons, new.policy_version, new.required_role, new.needs_other_person,
      new.edited_by_id, new.expires_at)
    is distinct from
     (old.payload, old.effect_hash, old.title, old.changes, old.evidence, old.records, old.amount_minor, old.currency,
      old.order_id, old.policy_reasons, old.policy_version, old.required_role, old.needs_other_person,
      old.edited_by_id, old.expires_at)
    and not (old.status = 'requires_review' and new.status = 'requires_review' and new.version = old.version + 1) then
    raise exception 'Proposal % can only be changed while it is in review, as a new version.', old.proposal_id
      using errcode = '23514';
  end if;
  if old.needs_other_person and not new.needs_other_person then
    raise exception 'Proposal % needs another person, and goes on needing one.', old.proposal_id
      using errcode = '23514';
  end if;
  if old.status <> new.status and new.version <> old.version + 1 then
    raise exception 'A move of proposal % counts its version on by one.', old.proposal_id using errcode = '23514';
  end if;
  if old.approval_no is not null and (new.approval_no, new.approved_by_kind, new.approved_by_id, new.approved_by_name)
    is distinct from (old.approval_no, old.approved_by_kind, old.approved_by_id, old.approved_by_name) then
    raise exception 'Who approved proposal % stays on its record.', old.proposal_id using errcode = '23514';
  end if;
  if new.status = 'approved' and old.status <> 'approved' and new.approved_by_kind = 'person' and not exists (
    select from app_user where tenant_id = new.tenant_id and user_id = new.approved_by_id and is_active) then
    raise exception 'Proposal % is approved by nobody known here.', old.proposal_id using errcode = '23514';
  end if;
  -- A deputy of whoever asked, or of whoever changed it last, decides as little as they would themselves.
  if new.status = 'approved' and old.status <> 'approved' and exists (
    select from proposal_decision where tenant_id = new.tenant_id and proposal_id = new.proposal_id
      and decision_no = new.approval_no
      and (for_id = new.requested_by_id or new.needs_other_person and for_id = new.edited_by_id)) then
    raise exception 'Proposal % is not approved in the place of whoever asked for it or changed it.', old.proposal_id
      using errcode = '23514';
  end if;
  -- Nothing is approved, and nothing begun, after its time. The clock is the database's.
  if new.status in ('approved', 'executing') and old.status <> new.status and old.expires_at <= now() then
    raise exception 'Proposal % expired at %.', old.proposal_id, old.expires_at using errcode = '23514';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger proposal_keeps_its_life before update on "proposal" for each row execute function keep_proposal_life();
--> statement-breakpoint
-- What was proposed and decided stays readable.
revoke delete on "proposal" from quittance_tenant;
--> statement-breakpoint
create trigger proposal_stays before delete on "proposal" for each row execute function refuse_change();
--> statement-breakpoint
revoke update, delete on "proposal_decision" from quittance_tenant;
--> statement-breakpoint
create trigger proposal_decision_is_append_only before update or delete on "proposal_decision"
  for each row execute function refuse_change();
--> statement-breakpoint
revoke delete on "approval_delegation" from quittance_tenant;
--> statement-breakpoint
-- Who signs in is looked up before their tenant is known, as keys are.
create policy before_tenant on "app_user" for select to quittance_unscoped using (true);
--> statement-breakpoint
create policy before_tenant on "session" for select to quittance_unscoped using (true);
--> statement-breakpoint
create policy before_tenant on "sign_in_link" for select to quittance_unscoped using (true);
--> statement-breakpoint
grant select on "app_user", "session", "sign_in_link" to quittance_unscoped;
--> statement-breakpoint
alter table "app_user" add constraint app_user_role check (role in ('viewer', 'operator', 'collector', 'approver', 'admin'));
--> statement-breakpoint
alter table "app_user" add constraint app_user_email check (email = lower(email));
--> statement-breakpoint
alter table "agent_run" add constraint agent_run_status check (status in ('queued', 'running', 'succeeded', 'failed', 'stopped'));
--> statement-breakpoint
alter table "agent_run" add constraint agent_run_trigger check (trigger in ('demand', 'chat', 'event', 'schedule'));
--> statement-breakpoint
alter table "agent_setting" add constraint agent_setting_daily_at check (daily_at ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$');
--> statement-breakpoint
alter table "chat_message" add constraint chat_message_status check (status in ('complete', 'answering', 'stopped', 'failed') and author in ('person', 'assistant'));
--> statement-breakpoint
-- A message leaves the queue once and does not come back; a bounce may follow what was sent.
alter table outreach_message add constraint outreach_message_status
  check (status in ('queued', 'sent', 'failed', 'in-doubt', 'withdrawn', 'bounced'));
--> statement-breakpoint
create function outreach_message_moves() returns trigger language plpgsql as $$
begin
  if new.subject <> old.subject or new.body <> old.body or new.recipient <> old.recipient
     or new.effect_key <> old.effect_key or new.proposal_id <> old.proposal_id then
    raise exception 'an approved message is not changed';
  end if;
  if new.status <> old.status and not (
       old.status = 'queued' or (old.status in ('sent', 'in-doubt', 'failed') and new.status in ('sent', 'bounced'))) then
    raise exception 'a message does not go from % to %', old.status, new.status;
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger outreach_message_moves before update on outreach_message
  for each row execute function outreach_message_moves();
