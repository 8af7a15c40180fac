-- Of each document what can be told from the tables, and whether it is anomalous.
-- What is usual is counted over all documents with the same accounts, text, user or partner.
WITH sums AS (
  SELECT document_id, max(debit + credit) AS largest,
    max(CASE WHEN gl_account IN (1160, 2100, 1100, 2000) OR debit + credit < 100 THEN 0
      ELSE ((debit + credit) % 100 = 0)::INT + ((debit + credit) % 1000 = 0)::INT END) AS round,
    max((debit + credit BETWEEN 4500 AND 4990)::INT) AS below_threshold,
    string_agg(DISTINCT CASE WHEN debit > 0 THEN gl_account // 10 END::VARCHAR, ',' ORDER BY CASE WHEN debit > 0 THEN gl_account // 10 END::VARCHAR) AS debits,
    string_agg(DISTINCT CASE WHEN credit > 0 THEN gl_account // 10 END::VARCHAR, ',' ORDER BY CASE WHEN credit > 0 THEN gl_account // 10 END::VARCHAR) AS credits,
    sum(CASE WHEN gl_account IN (1160, 2100) THEN abs(debit - credit) ELSE 0 END) AS tax,
    sum(CASE WHEN gl_account NOT IN (1160, 2100, 1100, 2000, 1000) THEN abs(debit - credit) ELSE 0 END) AS net,
    sum(CASE WHEN gl_account IN (4300, 5300) THEN abs(debit - credit) ELSE 0 END) AS discount,
    sum(CASE WHEN gl_account = 5100 THEN debit - credit ELSE 0 END) AS variance,
    max(quantity) AS quantity
  FROM journal_lines GROUP BY document_id),
described AS (
  SELECT e.*, s.* EXCLUDE (document_id), coalesce(e.reference, e.document_id::VARCHAR) AS chain,
    e.document_type || coalesce(s.debits, '') || '/' || coalesce(s.credits, '') AS pair,
    split_part(e.header_text, ' ', 1) AS word, coalesce(e.vendor_id, e.customer_id) AS partner
  FROM journal_entries e JOIN sums s ON s.document_id = e.document_id),
alone AS (
  SELECT d.document_id, d.posting_date, d.chain,
    least(extract(hour FROM d.created_at), 6) AS hour, greatest(extract(isodow FROM d.created_at), 5) AS weekday,
    d.entry_date - d.posting_date AS entered_after, d.posting_date - d.document_date AS dated_before,
    coalesce((d.created_by = d.approved_by)::INT, -1) AS self_approved,
    (d.source IN ('manual', 'adjustment') AND d.approved_by IS NULL)::INT AS unapproved,
    ln(count(*) OVER (PARTITION BY d.created_by)) AS of_the_user,
    ln(count(*) OVER (PARTITION BY d.pair)) AS of_the_accounts,
    ln(count(*) OVER (PARTITION BY d.document_type, d.word, d.source)) AS of_text_and_source,
    ln(count(*) OVER (PARTITION BY d.company_code, d.partner)) AS of_the_partner,
    ln(count(*) OVER (PARTITION BY d.word)) AS of_the_text,
    coalesce(count(*) OVER (PARTITION BY d.chain, d.partner) / count(*) OVER (PARTITION BY d.chain), 1) AS with_the_partner,
    ln(1 + d.total_amount::DOUBLE) AS size,
    ln(1 + d.largest::DOUBLE) - avg(ln(1 + d.largest::DOUBLE)) OVER (PARTITION BY d.pair) AS size_for_its_accounts,
    ln(1 + d.largest::DOUBLE) - avg(ln(1 + d.largest::DOUBLE)) OVER (PARTITION BY d.document_type, d.line_count, d.source) AS size_for_its_lines,
    d.round, d.below_threshold,
    CASE WHEN d.net > 0 THEN (d.tax / d.net)::DOUBLE ELSE 0 END AS tax,
    CASE WHEN d.total_amount > 0 THEN (d.discount / d.total_amount)::DOUBLE ELSE 0 END AS discount,
    CASE WHEN d.total_amount > 0 THEN (d.variance / d.total_amount)::DOUBLE ELSE 0 END AS variance,
    coalesce(d.quantity, 0) AS quantity, d.line_count AS lines,
    (d.total_amount / max(d.total_amount) OVER (PARTITION BY d.chain))::DOUBLE AS part,
    hash(d.document_type) % 200 AS type, hash(d.source) % 200 AS source, hash(d.company_code) % 200 AS company
  FROM described d)
SELECT a.*, max(hour) OVER c AS latest, min(hour) OVER c AS earliest, max(weekday) OVER c AS last_weekday,
  max(self_approved) OVER c AS any_self_approved, max(round) OVER c AS any_round, max(below_threshold) OVER c AS any_below,
  max(variance) OVER c AS most_variance, min(variance) OVER c AS least_variance, max(quantity) OVER c AS most_quantity,
  min(of_text_and_source) OVER c AS rarest_text, min(of_the_user) OVER c AS rarest_user, max(tax) OVER c AS most_tax,
  l.document_id IS NOT NULL AS anomalous
FROM alone a
LEFT JOIN (SELECT document_id FROM anomaly_labels WHERE role = 'altered') l ON l.document_id = a.document_id
WINDOW c AS (PARTITION BY chain)
ORDER BY a.posting_date, a.document_id
