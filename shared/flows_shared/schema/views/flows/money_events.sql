-- The one place that says what each event posts: the triggers post it, and the check compares the books with it.
CREATE OR REPLACE VIEW flows.money_events WITH (security_invoker) AS
SELECT event.source, event.id, event.esco, event.kind, event.reference, event.description,
       coalesce(event.happened_on, (event.happened_at AT TIME ZONE esco.time_zone)::date) AS entry_date,
       event.amount_pence::bigint AS amount_pence, event.debit, event.debit_account, event.credit, event.credit_account
  FROM (SELECT 'payments' AS source, payment.id, property.esco, 'payment' AS kind, payment.id::text AS reference,
               coalesce(payment.description, 'Payment') AS description, payment.received_on AS happened_on,
               payment.updated_at AS happened_at, payment.amount_pence, 'bank' AS debit, NULL::uuid AS debit_account,
               'receivable' AS credit, payment.account AS credit_account
          FROM public.payments AS payment
          JOIN public.accounts AS account ON account.id = payment.account
          JOIN public.properties AS property ON property.id = account.property
         WHERE payment.status = 'succeeded' OR payment.reversed_at IS NOT NULL
         UNION ALL
        SELECT 'payments', payment.id, property.esco, 'payment', payment.id || ':reversal', 'Payment returned', NULL,
               payment.reversed_at, payment.amount_pence, 'receivable', payment.account, 'bank', NULL
          FROM public.payments AS payment
          JOIN public.accounts AS account ON account.id = payment.account
          JOIN public.properties AS property ON property.id = account.property
         WHERE payment.reversed_at IS NOT NULL
         UNION ALL
        SELECT 'refunds', refund.id, property.esco, 'refund', refund.id::text, 'Refund', refund.paid_on, NULL,
               refund.amount_pence, 'receivable', refund.account, 'bank', NULL
          FROM public.refunds AS refund
          JOIN public.accounts AS account ON account.id = refund.account
          JOIN public.properties AS property ON property.id = account.property
         UNION ALL
        SELECT 'write_offs', write_off.id, property.esco, 'write_off', write_off.id::text, 'Written off',
               write_off.written_off_on, NULL, write_off.amount_pence, 'bad_debts', NULL, 'receivable', write_off.account
          FROM public.write_offs AS write_off
          JOIN public.accounts AS account ON account.id = write_off.account
          JOIN public.properties AS property ON property.id = account.property
         UNION ALL
        SELECT 'gifts', gift.id, property.esco, 'gift', gift.id::text, concat_ws(': ', 'Gift', gift.reason), NULL,
               gift.updated_at, gift.amount_pence, 'gifts', NULL, 'receivable', gift.account
          FROM public.gifts AS gift
          JOIN public.accounts AS account ON account.id = gift.account
          JOIN public.properties AS property ON property.id = account.property
         UNION ALL
        -- A top-up from a payment that is known is taken from the account that was paid for; else it is money at the bank.
        SELECT 'topups', topup.id, meter.esco, 'topup', topup.id::text, 'Top-up of meter ' || meter.serial, NULL,
               coalesce(topup.used_at, topup.updated_at), topup.amount_pence,
               CASE topup.source WHEN 'gift' THEN 'gifts' WHEN 'solar_credit' THEN 'solar_credits'
                                 WHEN 'adjustment' THEN 'adjustments'
                                 ELSE CASE WHEN payment.id IS NULL THEN 'bank' ELSE 'receivable' END END,
               payment.account, 'meter_credit', NULL
          FROM public.topups AS topup
          JOIN flows.meter_registry AS meter ON meter.id = topup.meter
          LEFT JOIN public.topups_payments AS link ON link.topup_id = topup.id AND topup.source = 'payment'
          LEFT JOIN public.payments AS payment ON payment.id = link.payment_id
         WHERE topup.status = 'completed'
         UNION ALL
        -- Its payment became known after the top-up was posted.
        SELECT 'topups_payments', topup.id, meter.esco, 'topup', topup.id || ':payment', 'Top-up of meter ' || meter.serial,
               NULL, link.created_at, topup.amount_pence, 'receivable', payment.account, 'bank', NULL
          FROM public.topups_payments AS link
          JOIN public.topups AS topup ON topup.id = link.topup_id AND topup.source = 'payment'
          JOIN public.payments AS payment ON payment.id = link.payment_id
          JOIN flows.meter_registry AS meter ON meter.id = topup.meter
         WHERE topup.status = 'completed'
           AND EXISTS (SELECT FROM public.ledger_entries AS entry
                         JOIN public.ledger_postings AS posting ON posting.entry = entry.id
                         JOIN public.ledger_accounts AS ledger ON ledger.id = posting.ledger_account
                        WHERE entry.kind = 'topup' AND entry.reference = topup.id::text AND ledger.code = 'bank')) AS event
  JOIN flows.escos AS esco ON esco.id = event.esco;
COMMENT ON VIEW flows.money_events IS 'Every event that has to stand in the ledger, but invoices and credit notes, with the two postings that it makes';
SELECT flows.allow_select('flows.money_events', '{reporting,flows_worker}');
