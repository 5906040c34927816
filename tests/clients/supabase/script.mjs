// What a portal does, step by step; prints what each step answered as one JSON object.
import { createClient } from '@supabase/supabase-js'

const { url, anon, key, password, customer, admin, invited, linked } = JSON.parse(process.argv[2])
const options = { auth: { persistSession: false, autoRefreshToken: false } }
const answers = {}

async function step(name, work) {
  try {
    const { data, error, status, count } = await work()
    answers[name] = { data, error: error && { code: error.code, message: error.message, status: error.status }, status, count }
  } catch (error) {
    answers[name] = { thrown: String(error) }
  }
  return answers[name]
}

const portal = createClient(url, anon, options)
await step('anon', () => portal.from('escos').select('code').order('code'))
await step('wrong password', () => portal.auth.signInWithPassword({ email: customer, password: 'wrong' }))
await step('login', () => portal.auth.signInWithPassword({ email: customer, password }))
await step('user', () => portal.auth.getUser())
await step('refresh', () => portal.auth.refreshSession())
await step('read', () => portal.from('invoices').select('number,total_pence').order('number'))
await step('count', () => portal.from('invoices').select('*', { count: 'exact', head: true }))
await step('single', () => portal.from('customers').select('fullname').single())
await step('maybe single', () => portal.from('invoices').select().eq('number', 'none').maybeSingle())
await step('filters', () => portal.from('invoices').select('number').gte('total_pence', 2000).in('status', ['issued', 'paid']).like('number', 'LAB-%').limit(1))
await step('or', () => portal.from('invoices').select('number').or('total_pence.lt.0,total_pence.gt.2000'))
await step('embed', () => portal.from('accounts').select('type,properties(plot),customer_accounts(role,customers(fullname))'))
await step('inner', () => portal.from('properties').select('plot,accounts!inner(type)').eq('accounts.type', 'supply'))
await step('schema', () => portal.schema('flows').from('meter_registry').select('serial,meter_shadows(health)'))
await step('update', () => portal.from('customers').update({ phone: '01803' }).eq('email', customer).select('phone').single())
await step('forbidden', () => portal.from('invoices').insert({ number: 'MINE-1' }))
await step('unknown table', () => portal.from('invoicez').select())
await step('unknown column', () => portal.from('invoices').select('nummer'))

const office = createClient(url, anon, options)
await step('admin login', () => office.auth.signInWithPassword({ email: admin.email, password }))
const row = { id: '5f0c2c34-6f5e-4d6c-9a55-0c5a8f1f3a11', fullname: 'Eve', email: 'eve@example.org', esco: admin.esco }
await step('insert', () => office.from('customers').insert(row).select('fullname,status').single())
await step('conflict', () => office.from('customers').insert(row))
await step('upsert', () => office.from('customers').upsert({ ...row, fullname: 'Eva' }, { onConflict: 'id' }).select('fullname'))
await step('ignore', () => office.from('customers').upsert({ ...row, fullname: 'Eff' }, { onConflict: 'id', ignoreDuplicates: true }).select('fullname'))
await step('delete', () => office.from('customers').delete().eq('id', row.id).select('fullname'))
await step('function', () => office.schema('flows').rpc('get_meters_for_cli', { esco_filter: 'lab', feeder_filter: null }).select('serial').order('serial'))
await step('function by get', () => office.rpc('meters_missing_future_tariffs', { esco_code_in: 'LAB' }, { get: true }))

const program = createClient(url, key, options)
await step('key', () => program.from('invoices').select('number').order('number'))
await step('key forbidden', () => program.from('customers').update({ phone: '1' }).eq('email', customer))

const newcomer = createClient(url, anon, options)
await step('sign up without invite', () => newcomer.auth.signUp({ email: invited.email, password: 'long enough for us' }))
await step('sign up', () => newcomer.auth.signUp({ email: invited.email, password: 'long enough for us', options: { data: { invite_token: invited.token } } }))
await step('signed up', () => newcomer.from('customers').select('email').single())
await step('weak password', () => newcomer.auth.updateUser({ password: 'short' }))
await step('new password', () => newcomer.auth.updateUser({ password: 'another one, as long' }))
await step('logout', () => newcomer.auth.signOut())
await step('old password', () => newcomer.auth.signInWithPassword({ email: invited.email, password: 'long enough for us' }))
await step('recover', () => newcomer.auth.resetPasswordForEmail(invited.email))
await step('verify', () => newcomer.auth.verifyOtp({ type: 'invite', token_hash: linked.token }))
await step('used link', () => newcomer.auth.verifyOtp({ type: 'invite', token_hash: linked.token }))
await step('linked', () => newcomer.auth.getUser())
await step('claims', () => newcomer.auth.getClaims())
await step('new address', () => newcomer.auth.updateUser({ email: 'moved@example.org' }, { emailRedirectTo: 'https://a.example' }))
await step('taken address', () => newcomer.auth.updateUser({ email: admin.email }))

process.stdout.write(JSON.stringify(answers), () => process.exit(0))
