-- The load of benchmarks/intake.py: submissions as the widget sends them, for 500 pages that are
-- read at a time, and for others when each of them has had five mistakes. Of 100, 80 report a new
-- place, 15 a place that is known, and 5 are sent a second time.
local key = os.getenv("SITE_KEY")
local run = os.getenv("RUN")
local pages, places_of_page = 500, 5
local in_flight = 64
local sent = 0
-- Another for each run: what is new to it is new to the database.
local first_place = tonumber(run:sub(1, 4), 16) * 100000

math.randomseed(tonumber(os.getenv("SEED")))

local form = [[{"site":"%s","idempotency_key":"benchmark-%s-%08d",]]
  .. [["page":{"url":"https://news.example/2026/11/article-%d?utm_source=mail",]]
  .. [["canonical":"https://news.example/2026/11/article-%d",]]
  .. [["title":"The harbour, part %d","language":"en","author":"Ann Author","section":"Town"},]]
  .. [["selector":{"exact":"recieve%d","prefix":"for %s months the %s council has begun to ",]]
  .. [["suffix":" letters that ask for more %s and fewer %s in the harbour"},]]
  .. [["passage":{"before":"As we wrote, for %s months the %s council has begun to ",]]
  .. [["after":" letters that ask for more %s and fewer %s in the harbour."},]]
  .. [["fragment":"text=recieve%d","suggestion":"receive%d","comment":"",]]
  .. [["elapsed_ms":8000,"website":"","widget":"benchmark"}]]

wrk.method = "POST"
wrk.headers["Content-Type"] = "text/plain;charset=UTF-8"
wrk.headers["Origin"] = "https://news.example"

-- A word of six letters that says which place it is, so that no two places are alike.
local function word(place, salt)
  local rest, letters = (place * 7919 + salt * 104729) % 308915776, {}
  for position = 1, 6 do
    letters[position] = string.char(97 + rest % 26)
    rest = math.floor(rest / 26)
  end
  return table.concat(letters)
end

local function submission(number, which)
  local place = first_place + which
  local page = math.floor(place / (pages * places_of_page)) * pages + place % pages
  local a, b, c, d = word(place, 1), word(place, 2), word(place, 3), word(place, 4)
  return string.format(form, key, run, number, page, page, page,
    place, a, b, c, d, a, b, c, d, place, place)
end

function request()
  local chance = math.random(100)
  if sent > 2 * in_flight and chance <= 20 then
    local earlier = math.random(sent - in_flight)
    if chance <= 5 then
      return wrk.format(nil, nil, nil, submission(earlier, earlier))
    end
    sent = sent + 1
    return wrk.format(nil, nil, nil, submission(sent, earlier))
  end
  sent = sent + 1
  return wrk.format(nil, nil, nil, submission(sent, sent))
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"seconds":%f,"p50":%f,"p99":%f,"max":%f,"refused":%d,"broken":%d}\n',
    summary.requests, summary.duration / 1e6,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3,
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
