// Signs the guestbook through the page and looks whether the entry is there.
const [url] = process.argv.slice(2)
const message = `checked at ${new Date().toISOString()}`
const answer = await fetch(url, { method: 'POST', body: new URLSearchParams({ message }) })
const page = await answer.text()
if (!answer.ok || !page.includes(message)) {
  console.error(`ERROR: the entry did not come back (HTTP ${answer.status})`)
  process.exit(1)
}
console.log('the entry came back through web, api and store')
