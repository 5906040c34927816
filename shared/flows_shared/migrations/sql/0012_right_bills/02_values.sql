-- Values that can be: the database refuses what no run could read. In PostgreSQL NaN is greater than any number, so only
-- an upper bound refuses it. Checks are NOT VALID: an old row that breaks one stays readable, fails the bill that it is
-- for, and has to be put right by whoever changes it next.
CREATE FUNCTION flows.guard_values(place regclass, names text[], low numeric, high numeric) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, flows AS $$
DECLARE
    name text;
    bounds text := CASE WHEN low = -high THEN 'within_' || high ELSE format('from_%s_to_%s', low, high) END;
BEGIN
    FOREACH name IN ARRAY names LOOP
        EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I CHECK (%I BETWEEN %s AND %s) NOT VALID',
                       place, name || '_' || bounds, name, low, high);
    END LOOP;
END
$$;
COMMENT ON FUNCTION flows.guard_values(regclass, text[], numeric, numeric) IS
    'Binds columns to a range, which their checks'' names say; so that they hold neither NaN nor infinity';

-- Sums that the database makes of guarded values are as old rows are, so that these keep no new reading out.
CREATE FUNCTION flows.guard_values() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, flows AS $$
DECLARE
    unguarded record;
BEGIN
    FOR unguarded IN
        SELECT pg_class.oid::regclass AS place, attname AS name, typname AS type
          FROM pg_class
          JOIN pg_namespace ON pg_namespace.oid = relnamespace
          JOIN pg_attribute AS attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
          JOIN pg_type ON pg_type.oid = atttypid
         WHERE nspname IN ('public', 'flows') AND relkind IN ('r', 'p') AND NOT relispartition
           AND typname IN ('numeric', 'date', 'timestamptz')
           AND (nspname, relname, attname) NOT IN (('flows', 'register_interval_hh', 'timestamp'),
                                                   ('flows', 'register_interval_daily', 'kwh'),
                                                   ('flows', 'register_interval_bands', 'kwh'))
           AND NOT EXISTS (SELECT FROM pg_constraint
                            WHERE conrelid = pg_class.oid AND contype = 'c' AND conkey = ARRAY[attnum]
                              AND conname ~ format('^%s_(within|from)_', attname))
         ORDER BY pg_class.oid, attnum
    LOOP
        IF unguarded.type = 'numeric' THEN
            PERFORM flows.guard_values(unguarded.place, ARRAY[unguarded.name::text], -1000000000000, 1000000000000);
        ELSE
            EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I CHECK (%3$I >= %4$L AND %3$I < %5$L) NOT VALID',
                           unguarded.place, unguarded.name || '_from_2000_to_2199', unguarded.name,
                           CASE unguarded.type WHEN 'date' THEN '2000-01-01' ELSE '2000-01-01 00:00Z' END,
                           CASE unguarded.type WHEN 'date' THEN '2200-01-01' ELSE '2200-01-01 00:00Z' END);
        END IF;
    END LOOP;
END
$$;
COMMENT ON FUNCTION flows.guard_values() IS
    'Binds every number, day and time that is not yet to a range; each migration that adds columns ends with it';

-- 10,000 kWh in half an hour are 20 MW: no low-voltage supply, nor the transformer of a site, lets so much through.
SELECT flows.guard_values('flows.register_interval_hh', '{kwh}', 0, 10000);
SELECT flows.guard_values('flows.register_interval_estimates', '{kwh}', 0, 10000);
-- Cumulative: far more than a meter's 32 bits of Wh hold.
SELECT flows.guard_values(place, '{read}', 0, 1000000000)
  FROM unnest('{flows.register_import,flows.register_export,public.closing_reads}'::regclass[]) AS place;
SELECT flows.guard_values('flows.register_counts', '{kwh}', 0, 1000000000);
SELECT flows.guard_values('flows.meter_shadows', '{import_a,export_a,import_b,export_b}', 0, 1000000000);
SELECT flows.guard_values('flows.service_head_registry', '{fuse_rating}', 1, 10000);
SELECT flows.guard_values('flows.escos', '{back_bill_months}', 1, 1200);
-- GBP a kWh, day or month.
SELECT flows.guard_values('public.benchmark_tariffs', '{unit_rate,standing_charge}', 0, 10000);
SELECT flows.guard_values(place, '{computed_unit_rate,computed_unit_rate_b,computed_standing_charge}', 0, 10000)
  FROM unnest('{public.microgrid_tariffs,public.customer_tariffs}'::regclass[]) AS place;
SELECT flows.guard_values('public.microgrid_tariffs', '{emergency_credit,debt_recovery_rate,ecredit_button_threshold}', 0, 10000);
SELECT flows.guard_values('public.tariff_components', '{rate}', 0, 10000);
SELECT flows.guard_values('public.tariff_components', '{from_kwh}', 0, 1000000000);
SELECT flows.guard_values('public.sharing_terms', '{internal_rate,surplus_rate}', 0, 10000);
SELECT flows.guard_values('public.sharing_members', '{coefficient,surplus_ratio}', 0, 1);
SELECT flows.guard_values('public.vat_statuses', '{qualifying_percent}', 0, 100);
SELECT flows.guard_values('public.invoice_lines', '{vat_rate}', 0, 1);
SELECT flows.guard_values('public.invoice_lines', '{block_from_kwh}', 0, 1000000000);
SELECT flows.guard_values('public.monthly_usage', '{kwh}', 0, 1000000000);
-- Pence a kW of at most 100 MW.
SELECT flows.guard_values('public.solar_credit_tariffs', '{credit_pence_per_year}', 0, 1000000);
SELECT flows.guard_values('public.solar_credit_tariffs', '{credit_pence_per_day}', 0, 10000);
SELECT flows.guard_values('public.solar_installation', '{declared_net_capacity}', 0, 100000);
SELECT flows.guard_values('public.solar_credit_allocation', '{ratio}', 0, 1);
SELECT flows.guard_values('public.monthly_solar_credits', '{allocation_ratio}', 0, 1);

-- "24:00" is the midnight at which a day ends, which a band writes as 00:00. Python's times do not hold it.
CREATE FUNCTION flows.end_at_midnight() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, flows AS $$
BEGIN
    IF NEW.starts_at = '24:00' THEN
        RAISE check_violation USING MESSAGE = 'rate_bands.starts_at: 24:00 is the end of a day, so no band starts at it',
            HINT = 'A band that starts at midnight starts at 00:00; one that lasts until midnight ends at 24:00 or 00:00.';
    END IF;
    IF NEW.ends_at = '24:00' THEN
        NEW.ends_at := '00:00';
    END IF;
    RETURN NEW;
END
$$;
UPDATE public.rate_bands SET ends_at = '00:00' WHERE ends_at = '24:00';
CREATE TRIGGER end_at_midnight BEFORE INSERT OR UPDATE ON public.rate_bands
    FOR EACH ROW EXECUTE FUNCTION flows.end_at_midnight();
COMMENT ON COLUMN public.rate_bands.ends_at IS 'Local time, not included; at or before starts_at: past midnight; 24:00 is kept as 00:00';

CREATE TABLE flows.holiday_calendars (
    country text PRIMARY KEY,
    parts text[] NOT NULL
);
COMMENT ON TABLE flows.holiday_calendars IS 'Whose public holidays are known: countries and their parts, as the Python package holidays has them';
ALTER TABLE flows.holiday_calendars ENABLE ROW LEVEL SECURITY;
CREATE POLICY workers ON flows.holiday_calendars TO service, flows_worker USING (true);
CREATE POLICY reporting ON flows.holiday_calendars FOR SELECT TO reporting USING (true);
CREATE POLICY everyone ON flows.holiday_calendars FOR SELECT TO customer, admin USING (true);
GRANT SELECT ON flows.holiday_calendars TO customer, admin, service, reporting, flows_worker;

CREATE FUNCTION flows.refuse_unknown_holidays() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
DECLARE
    wanted text := split_part(NEW.holidays, '-', 1);
    known text[];
BEGIN
    SELECT wanted || ARRAY(SELECT wanted || '-' || part FROM unnest(parts) AS part) INTO known
      FROM flows.holiday_calendars WHERE country = wanted;
    IF NEW.holidays = ANY(known) THEN
        RETURN NEW;
    END IF;
    RAISE check_violation USING
        MESSAGE = format('rate_profiles.holidays: there is no calendar of public holidays of "%s"', NEW.holidays),
        HINT = CASE WHEN known IS NULL THEN 'Countries are those of flows.holiday_calendars, such as GB.'
                    ELSE format('Of %s there are %s.', wanted, array_to_string(known, ', ')) END;
END
$$;
CREATE TRIGGER refuse_unknown_holidays BEFORE INSERT OR UPDATE OF holidays ON public.rate_profiles
    FOR EACH ROW EXECUTE FUNCTION flows.refuse_unknown_holidays();
REVOKE EXECUTE ON FUNCTION flows.guard_values(regclass, text[], numeric, numeric), flows.guard_values(),
    flows.end_at_midnight, flows.refuse_unknown_holidays FROM PUBLIC;

INSERT INTO flows.holiday_calendars (country, parts) VALUES
    ('AD', '{02,03,04,05,06,07,08}'), ('AE', '{}'), ('AF', '{}'), ('AG', '{}'), ('AI', '{}'), ('AL', '{}'),
    ('AM', '{}'), ('AO', '{}'), ('AQ', '{}'), ('AR', '{A,B,C,D,E,F,G,H,J,K,L,M,N,P,Q,R,S,T,U,V,W,X,Y,Z}'),
    ('AS', '{}'), ('AT', '{1,2,3,4,5,6,7,8,9}'), ('AU', '{ACT,NSW,NT,QLD,SA,TAS,VIC,WA}'), ('AW', '{}'), ('AX', '{}'),
    ('AZ', '{}'), ('BA', '{BIH,BRC,SRP}'), ('BB', '{}'), ('BD', '{}'), ('BE', '{}'), ('BF', '{}'), ('BG', '{}'),
    ('BH', '{}'), ('BI', '{}'), ('BJ', '{}'), ('BL', '{}'), ('BM', '{}'), ('BN', '{}'), ('BO', '{B,C,H,L,N,O,P,S,T}'),
    ('BQ', '{BON,SAB,STA}'),
    ('BR', '{AC,AL,AM,AP,BA,CE,DF,ES,GO,MA,MG,MS,MT,PA,PB,PE,PI,PR,RJ,RN,RO,RR,RS,SC,SE,SP,TO}'), ('BS', '{}'),
    ('BT', '{11,12,13,14,15,21,22,23,24,31,32,33,34,41,42,43,44,45,GA,TY}'), ('BV', '{}'), ('BW', '{}'), ('BY', '{}'),
    ('BZ', '{}'), ('CA', '{AB,BC,MB,NB,NL,NS,NT,NU,ON,PE,QC,SK,YT}'), ('CC', '{}'), ('CD', '{}'), ('CF', '{}'),
    ('CG', '{}'), ('CH', '{AG,AI,AR,BE,BL,BS,FR,GE,GL,GR,JU,LU,NE,NW,OW,SG,SH,SO,SZ,TG,TI,UR,VD,VS,ZG,ZH}'),
    ('CI', '{}'), ('CK', '{}'), ('CL', '{AI,AN,AP,AR,AT,BI,CO,LI,LL,LR,MA,ML,NB,RM,TA,VS}'), ('CM', '{}'),
    ('CN', '{}'), ('CO', '{}'), ('CR', '{}'), ('CU', '{}'),
    ('CV', '{BR,BV,CA,CF,CR,MA,MO,PA,PN,PR,RB,RG,RS,SD,SF,SL,SM,SO,SS,SV,TA,TS}'), ('CW', '{}'), ('CX', '{}'),
    ('CY', '{}'), ('CZ', '{}'), ('DE', '{BB,BE,BW,BY,HB,HE,HH,MV,NI,NW,RP,SH,SL,SN,ST,TH}'), ('DJ', '{}'),
    ('DK', '{}'), ('DM', '{}'), ('DO', '{}'), ('DZ', '{}'), ('EC', '{}'), ('EE', '{}'), ('EG', '{}'), ('EH', '{}'),
    ('ER', '{}'), ('ES', '{AN,AR,AS,CB,CE,CL,CM,CN,CT,EX,GA,IB,MC,MD,ML,NC,PV,RI,VC}'), ('ET', '{}'),
    ('FI', '{01,02,03,04,05,06,07,08,09,10,11,12,13,14,15,16,17,18,19}'), ('FJ', '{}'), ('FK', '{}'),
    ('FM', '{KSA,PNI,TRK,YAP}'), ('FO', '{}'), ('FR', '{57,6AE,971,972,973,974,976,BL,MF,NC,PF,PM,TF,WF}'),
    ('GA', '{}'), ('GB', '{ENG,NIR,SCT,WLS}'), ('GD', '{}'), ('GE', '{}'), ('GF', '{}'), ('GG', '{}'), ('GH', '{}'),
    ('GI', '{}'), ('GL', '{}'), ('GM', '{}'), ('GN', '{}'), ('GP', '{}'), ('GQ', '{AN,BN,BS,CS,DJ,KN,LI,WN}'),
    ('GR', '{}'), ('GS', '{}'), ('GT', '{}'), ('GU', '{}'), ('GW', '{}'), ('GY', '{}'), ('HK', '{}'), ('HM', '{}'),
    ('HN', '{}'), ('HR', '{}'), ('HT', '{}'), ('HU', '{}'), ('ID', '{}'), ('IE', '{}'), ('IL', '{}'), ('IM', '{}'),
    ('IN', '{AN,AP,AR,AS,BR,CG,CH,DH,DL,GA,GJ,HP,HR,JH,JK,KA,KL,LA,LD,MH,ML,MN,MP,MZ,NL,OD,PB,PY,RJ,SK,TN,TR,TS,UK,UP,WB}'),
    ('IO', '{}'), ('IQ', '{}'), ('IR', '{}'), ('IS', '{}'),
    ('IT', '{AG,AL,AN,AO,AP,AQ,AR,AT,AV,BA,BG,BI,BL,BN,BO,BR,BS,BT,BZ,CA,CB,CE,CH,CL,CN,CO,CR,CS,CT,CZ,EN,FC,FE,FG,FI,FM,FR,GE,GO,GR,IM,IS,KR,LC,LE,LI,LO,LT,LU,MB,MC,ME,MI,MN,MO,MS,MT,NA,NO,NU,OR,PA,PC,PD,PE,PG,PI,PN,PO,PR,PT,PU,PV,PZ,RA,RC,RE,RG,RI,RM,RN,RO,SA,SI,SO,SP,SR,SS,SU,SV,TA,TE,TN,TO,TP,TR,TS,TV,UD,VA,VB,VC,VE,VI,VR,VT,VV}'),
    ('JE', '{}'), ('JM', '{}'), ('JO', '{}'), ('JP', '{}'), ('KE', '{}'), ('KG', '{}'), ('KH', '{}'), ('KI', '{}'),
    ('KM', '{}'), ('KN', '{}'), ('KP', '{}'), ('KR', '{}'), ('KW', '{}'), ('KY', '{}'), ('KZ', '{}'), ('LA', '{}'),
    ('LB', '{}'), ('LC', '{}'), ('LI', '{}'), ('LK', '{}'), ('LR', '{}'), ('LS', '{}'), ('LT', '{}'), ('LU', '{}'),
    ('LV', '{}'), ('LY', '{}'), ('MA', '{}'), ('MC', '{}'), ('MD', '{}'), ('ME', '{}'), ('MF', '{}'), ('MG', '{}'),
    ('MH', '{}'), ('MK', '{}'), ('ML', '{}'), ('MM', '{}'), ('MN', '{}'), ('MO', '{I,M}'), ('MP', '{}'), ('MQ', '{}'),
    ('MR', '{}'), ('MS', '{}'), ('MT', '{}'), ('MU', '{}'), ('MV', '{}'), ('MW', '{}'), ('MX', '{}'),
    ('MY', '{01,02,03,04,05,06,07,08,09,10,11,12,13,14,15,16}'), ('MZ', '{}'), ('NA', '{}'), ('NC', '{}'),
    ('NE', '{}'), ('NF', '{}'), ('NG', '{}'), ('NI', '{AN,AS,BO,CA,CI,CO,ES,GR,JI,LE,MD,MN,MS,MT,NS,RI,SJ}'),
    ('NL', '{}'), ('NO', '{03,11,15,18,21,22,31,32,33,34,39,40,42,46,50,55,56}'), ('NP', '{}'), ('NR', '{}'),
    ('NU', '{}'), ('NZ', '{AUK,BOP,CAN,CIT,GIS,HKB,MBH,MWT,NSN,NTL,OTA,STL,TAS,TKI,WGN,WKO,WTC}'), ('OM', '{}'),
    ('PA', '{}'), ('PE', '{}'), ('PF', '{}'), ('PG', '{}'), ('PH', '{}'), ('PK', '{}'), ('PL', '{}'), ('PM', '{}'),
    ('PN', '{}'), ('PR', '{}'), ('PS', '{}'), ('PT', '{01,02,03,04,05,06,07,08,09,10,11,12,13,14,15,16,17,18,20,30}'),
    ('PW', '{}'), ('PY', '{}'), ('QA', '{}'), ('RE', '{}'), ('RO', '{}'), ('RS', '{}'), ('RU', '{}'), ('RW', '{}'),
    ('SA', '{}'), ('SB', '{CE,CH,CT,GU,IS,MK,ML,RB,TE,WE}'), ('SC', '{}'), ('SD', '{}'), ('SE', '{}'), ('SG', '{}'),
    ('SH', '{AC,HL,TA}'), ('SI', '{}'), ('SJ', '{}'), ('SK', '{}'), ('SL', '{}'), ('SM', '{}'), ('SN', '{}'),
    ('SO', '{}'), ('SR', '{}'), ('SS', '{}'), ('ST', '{01,02,03,04,05,06,P}'),
    ('SV', '{AH,CA,CH,CU,LI,MO,PA,SA,SM,SO,SS,SV,UN,US}'), ('SX', '{}'), ('SY', '{}'), ('SZ', '{}'), ('TC', '{}'),
    ('TD', '{}'), ('TF', '{}'), ('TG', '{}'), ('TH', '{}'), ('TJ', '{}'), ('TK', '{}'), ('TL', '{}'), ('TM', '{}'),
    ('TN', '{}'), ('TO', '{}'), ('TR', '{}'), ('TT', '{}'), ('TV', '{FUN,NIT,NKF,NKL,NMA,NMG,NUI,VAI}'), ('TW', '{}'),
    ('TZ', '{}'), ('UA', '{}'), ('UG', '{}'), ('UM', '{}'),
    ('US', '{AK,AL,AR,AS,AZ,CA,CO,CT,DC,DE,FL,GA,GU,HI,IA,ID,IL,IN,KS,KY,LA,MA,MD,ME,MI,MN,MO,MP,MS,MT,NC,ND,NE,NH,NJ,NM,NV,NY,OH,OK,OR,PA,PR,RI,SC,SD,TN,TX,UM,UT,VA,VI,VT,WA,WI,WV,WY}'),
    ('UY', '{}'), ('UZ', '{}'), ('VA', '{}'), ('VC', '{}'), ('VE', '{}'), ('VG', '{}'), ('VI', '{}'), ('VN', '{}'),
    ('VU', '{}'), ('WF', '{}'), ('WS', '{}'), ('YE', '{}'), ('YT', '{}'), ('ZA', '{}'), ('ZM', '{}'), ('ZW', '{}');
