import io
from datetime import date, datetime, UTC
from decimal import Decimal
from billing.test_documents import *
from billing.sharers import FIRST_OF_OCTOBER, make_group

async def test_look(community):
    await describe_seller(community)
    await benchmarked(community)
    await community.tariff("0.26350", "0.53680", name="Water Lane Saver")
    a = await community.home(fullname="王小明", payment_method="bank_transfer")
    b = await community.home(fullname="محمد علي (Ltd 24)")
    c = await community.home(fullname="हिन्दी नाम 😀 Ἀλέξανδρος Wolfeschlegelsteinhausenbergerdorffvoralternwarengewissenhaftschaferswessenschafewarenwohlgepflegeund Long")
    d = await community.home(elements=("A","B"), fullname="Business Ltd")
    await insert(community.db, "public.vat_statuses", customer=d.customer, valid_from=date(2026, 1, 1), use="business")
    await community.execute("UPDATE flows.escos SET vat_small_quantities=false")
    await community.execute("UPDATE public.properties SET mpan='2200000000014' WHERE plot LIKE '1 %'")
    for h in (a,b,c,d):
        await community.measure_month(h)
        for r in h.registers.values():
            await read(community, r, OCTOBER_1, "1200.5")
            await read(community, r, NOVEMBER_1, "1498.5")
    await mandate(community, b)
    other = await community.customer(fullname="Sam Bloggs")
    await community.party(c, other)
    group = await make_group(community, "proportional", "0.10000")
    await group.member(a)
    await group.generate("0.1", FIRST_OF_OCTOBER)
    await community.bill()
    await community.measure_more(b, "7.2")
    await rebilled(community, confirm=True)
    rows = await community.rows("SELECT number FROM public.invoices")
    for row in rows:
        open(f"/tmp/look-{row['number']}.pdf","wb").write(render(await printed(community, row['number'])))
        open(f"/tmp/look-{row['number']}.html","wb").write(render_html(await printed(community, row['number'])))
    async with community.billing.connection() as connection:
        note = await printed_note(connection, "WLCE-C000001")
    open("/tmp/look-note.pdf","wb").write(render_note(note))
    import time
    inv = await printed(community, "WLCE-000004"); t=time.process_time()
    for _ in range(200): render(inv)
    print("latin", 200/(time.process_time()-t))
    inv = await printed(community, "WLCE-000003"); t=time.process_time()
    for _ in range(100): render(inv)
    print("other", 100/(time.process_time()-t))
