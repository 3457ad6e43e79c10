"""Names of firms, brands, stories and their heroes that are no person's in a record, though they look like one.

Only names that the thing has almost to itself: what many people are called (John Lewis, Paul Smith, Edward Jones) is
left to the model, which sees the words beside it.
"""

from __future__ import annotations

_FIRMS = (
    "abercrombie & fitch|arthur andersen|baker hughes|baker mckenzie|barnes & noble|bear stearns|"
    "becton dickinson|ben & jerry|berkshire hathaway|black & decker|booz allen|booz allen hamilton|"
    "brooks brothers|cantor fitzgerald|charles schwab|clifford chance|cushman & wakefield|deutsche bank|"
    "doc martens|domino's|dr pepper|dr. oetker|dun & bradstreet|eli lilly|ernst & young|estee lauder|"
    "estée lauder|fannie mae|foster wheeler|franklin templeton|freddie mac|goldman sachs|goodyear dunlop|"
    "hancock whitney|harley davidson|harley-davidson|hewlett packard|hewlett-packard|houghton mifflin|"
    "j.p. morgan|janus henderson|johnson & johnson|johnson controls|johnson matthey|jones lang lasalle|"
    "jp morgan|jpmorgan chase|kirkland & ellis|knight frank|kraft heinz|legal & general|lehman brothers|"
    "leroy merlin|levi strauss|lockheed martin|lord & taylor|macy's|marks & spencer|marsh mclennan|"
    "mayo clinic|merrill lynch|morgan stanley|neiman marcus|northrop grumman|norton rose|novo nordisk|"
    "oliver wyman|oscar mayer|papa john|piper jaffray|piper sandler|pratt & whitney|procter & gamble|"
    "quest diagnostics|rolls royce|rolls-royce|sallie mae|sherwin williams|sherwin-williams|simon & schuster|"
    "smith & nephew|smith & wesson|stanley black & decker|sullivan & cromwell|texas instruments|thomson reuters|"
    "tim hortons|trader joe|victoria's secret|virgin atlantic|waddell & reed|warner bros|wells fargo|wendy's|"
    "willis towers watson|winston & strawn"
)
_BRANDS = (
    "aunt jemima|betty crocker|bloody mary|burt's bees|calvin klein|captain morgan|carolina herrera|"
    "charlotte tilbury|christian dior|christian louboutin|diane von furstenberg|dolce & gabbana|donna karan|"
    "duncan hines|earl grey|eggs benedict|elizabeth arden|emporio armani|famous amos|fisher price|"
    "fisher-price|giorgio armani|graham cracker|granny smith|harvey wallbanger|helena rubinstein|helly hansen|"
    "hugo boss|jack daniel's|jack daniels|jack wolfskin|jean paul gaultier|jim beam|jimmy choo|john dory|"
    "johnnie walker|jose cuervo|kate spade|louis vuitton|marc jacobs|max mara|melissa & doug|mercedes benz|"
    "mercedes-benz|michael kors|miss dior|nina ricci|orville redenbacher|paco rabanne|pierre cardin|"
    "ralph lauren|ray ban|ray-ban|remy martin|roberto cavalli|shirley temple|sloppy joe|stella artois|"
    "stella mccartney|tommy hilfiger|tory burch|uncle ben's|vera wang|vivienne westwood|yves rocher|"
    "yves saint laurent"
)
_STORIES = (
    "anna karenina|barry lyndon|bart simpson|big lebowski|billie jean|bob the builder|bridget jones|"
    "citizen kane|curious george|dirty harry|doctor who|doctor zhivago|don giovanni|don quixote|donald duck|"
    "donnie darko|dora the explorer|dorian gray|driving miss daisy|eleanor rigby|ferris bueller|finding nemo|"
    "forrest gump|hannah montana|harry potter|hedda gabler|hello kitty|hercule poirot|hey jude|"
    "holden caulfield|homer simpson|huckleberry finn|indiana jones|inspector morse|jack sparrow|james bond|"
    "jane eyre|jason bourne|jesus christ superstar|johnny bravo|julius caesar|king lear|lara croft|"
    "little dorrit|lord jim|luke skywalker|madama butterfly|madame bovary|mario kart|mary poppins|"
    "mickey mouse|miss marple|moby dick|moby-dick|mona lisa|monty python|mr robot|mr. robot|mrs dalloway|"
    "mrs doubtfire|mrs. doubtfire|nancy drew|nicholas nickleby|oedipus rex|oliver twist|penny lane|peppa pig|"
    "peter pan|peter rabbit|pippi longstocking|porgy and bess|rick and morty|robin hood|robinson crusoe|"
    "romeo and juliet|sherlock holmes|silas marner|snow white|spider-man|super mario|sweeney todd|ted lasso|"
    "tess of the d'urbervilles|thelma & louise|thelma and louise|tom sawyer|tristan und isolde|uncle vanya|"
    "veronica mars|walter mitty|willy wonka|winnie the pooh|wonder woman|young sheldon"
)
VENDORS = frozenset(
    "github gitlab bitbucket google amazon microsoft apple slack stripe okta salesforce shopify zendesk atlassian "
    "jira jenkins circleci docker kubernetes oracle paypal facebook twitter linkedin instagram youtube netflix spotify "
    "adobe twilio sendgrid datadog newrelic sentry pagerduty splunk elastic mongodb postgres mysql redis kafka nginx "
    "apache "
    "ubuntu debian fedora windows android chrome firefox safari octocat dependabot renovate terraform ansible airflow "
    "hashicorp cloudflare fastly akamai vercel netlify heroku digitalocean openai anthropic zoom teams webex intercom "
    "hubspot mailchimp segment mixpanel amplitude auth0 keycloak crowdstrike snowflake databricks teleport admin root "
    "system service default anonymous unknown nobody everyone public private internal external".split()
)
FAMOUS = frozenset("|".join((_FIRMS, _BRANDS, _STORIES)).split("|"))
_LONGEST = 5  # words


def is_famous(value: str) -> bool:
    """``value`` is the name of such a thing, also with the name of a model behind it, or in the genitive."""
    words = value.casefold().replace("’", "'").split()
    for count in range(min(len(words), _LONGEST), 0, -1):
        name = " ".join(words[:count])
        if name in FAMOUS or name.removesuffix("'s") in FAMOUS:
            return True
    return False
