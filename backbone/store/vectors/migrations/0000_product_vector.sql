-- Runs with the schema of the extension on the search path; the functions keep what they found there.
create table quittance_vector.product_vector (
  tenant_id text not null,
  sku text not null,
  -- Vectors of different models do not compare; each product has at most one of each.
  model text not null,
  dimension integer not null,
  text_hash text not null,
  embedding vector not null,
  made_at timestamptz not null default now(),
  primary key (tenant_id, sku, model),
  constraint product_vector_dimension check (dimension = vector_dims(embedding))
);
--> statement-breakpoint
alter table quittance_vector.product_vector enable row level security;
--> statement-breakpoint
alter table quittance_vector.product_vector force row level security;
--> statement-breakpoint
create policy tenant_rows on quittance_vector.product_vector to quittance_tenant
  using (tenant_id = nullif(current_setting('app.tenant', true), ''))
  with check (tenant_id = nullif(current_setting('app.tenant', true), ''));
--> statement-breakpoint
create function quittance_vector.as_vector(numbers text) returns vector
  language sql immutable parallel safe return numbers::vector;
--> statement-breakpoint
-- A vector of nothing but zeros has no direction: it is like no other.
create function quittance_vector.likeness(a vector, b vector) returns double precision
  language sql immutable parallel safe
  return least(1, greatest(0, coalesce(nullif(1 - (a <=> b), 'NaN'::double precision), 0)));
--> statement-breakpoint
grant usage on schema quittance_vector to quittance_tenant;
--> statement-breakpoint
grant select, insert, update, delete on quittance_vector.product_vector to quittance_tenant;
