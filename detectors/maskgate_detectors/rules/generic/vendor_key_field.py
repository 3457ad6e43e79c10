"""Keys of providers without a form of their own, by the name of the provider in the field."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words

_PROVIDERS = words(
    "ably, ably root, abuseipdb, activecampaign, adobe, adyen, airbrake, airtable, alchemy, algolia, alienvault,",
    "amplitude, anthropic, apify, apollo, appcues, appdynamics, assemblyai, auth0, aws, azure, backblaze,",
    "bandwidth, beamer, betterstack, bigcommerce, binance, bitfinex, bitly, bitmex, bitstamp, blockfrost,",
    "braintree, branch, braze, brevo, bugsnag, buildkite, bybit, calendly, censys, cf, chargebee, clearbit,",
    "clickup, close, cloudflare, cloudinary, cohere, coinapi, coinbase, coinmarketcap, contentful, convertkit,",
    "cosmos, cosmosdb, courier, cypress, databento, datadog, dd api, dd app, deepgram, deepl, delighted,",
    "digicert, digitalocean, discord, do, docusign, drift, dropbox, dynatrace, easypost, elastic, elevenlabs,",
    "etherscan, everhour, exa, fastly, fcm, figma, finicity, finnhub, fireworks, fixer, freshdesk, fullcontact,",
    "gemini, geocodio, gh, ghost, giphy, github, gitlab, gl, google maps, grafana, groq, gumroad, harvest,",
    "helpscout, here, heroku, honeybadger, honeycomb, hubspot, hunter, hunterio, infura, instana, intercom,",
    "ipinfo, ipstack, iterable, jenkins, jira, jumpcloud, klaviyo, kraken, kucoin, launchdarkly, linear, lob,",
    "locationiq, logdna, loggly, logzio, lokalise, loops, mailchimp, mailerlite, mailgun, mailjet, mandrill,",
    "mapbox, mapquest, maxmind, messagebird, mistral, mixpanel, monday, moralis, mux, new relic, newrelic,",
    "newsapi, ngrok, notion, nr license, nylas, okta, onesignal, openai, opencage, openweather, openweathermap,",
    "optimizely, pagerduty, pandadoc, papertrail, paypal, paystack, pd integration, pd routing, pexels, pinata,",
    "pinecone, pingdom, pipedrive, pivotal, pixabay, plaid, plivo, polygon, posthog, postmark, pushbullet,",
    "pusher, quay, quicknode, rapidapi, raygun, razorpay, recurly, replicate, resend, ringcentral, rollbar,",
    "salesforce, sauce, scraperapi, segment, semrush, sendbird, sendgrid, sentry, serpapi, shippo, shodan,",
    "shopify, signalfx, sinch, skylight, slack, smarty, sms, sonar, sparkpost, splunk, spotify, square,",
    "stability, statuspage, stormglass, strava, stripe, stytch, sumologic, supabase, tavily, tavus, telnyx,",
    "textmagic, tf, thousandeyes, tiingo, tinify, together, tomtom, trello, ts auth, twilio, twitter, typeform,",
    "unsplash, uptimerobot, vercel, victorops, virustotal, visualcrossing, vonage, voyage, vultr, wakatime,",
    "weatherapi, weatherbit, webflow, wepay, wise, wit, woocommerce, workos, wpscan, xero, yelp, yotpo, youtube,",
    "zendesk, zerobounce, zoom",
)


@detector
def vendor_key_field() -> Rule:
    """https://cwe.mitre.org/data/definitions/798.html"""
    return Rule(
        id="vendor-key-field",
        entity=SECRET,
        label="Key of a provider, by the provider's name in the field",
        pattern=r"(?i)\b(?:BUNDLE_[A-Z0-9_]{3,60}__COM)[\"']?\s{0,2}[=:]\s{0,2}[\"']?(?P<value>[0-9a-f]{8}:[0-9a-f]{8})\b",
        triggers=(r"(?i)BUNDLE_[A-Z0-9_]{3,60}__COM[\\\"']{0,2}\s{0,2}[=:]",),
        score=0.9,
        keys=tuple(f"{provider} {what}" for provider in _PROVIDERS for what in ("key", "pat", "apikey", "creds")),
        key_decides=True,
        key_pattern=r"[!-~]{12,}",
        key_check=secret_checks.field_secret,
        key_score=0.85,
        matches=(
            "shodan_key: ⟦{an32}⟧",
            "logdnaKey: ⟦{x32}⟧",
            "BUNDLE_GEMS__EXAMPLE__COM=⟦{x8}:{x8}⟧",
        ),
        ignores=("shodan_key: required", "stripe_key: price_monthly", "object_key: {x32}", "slack_key_id: 1"),
    )
