"""Honest look-alikes: clean texts of ten genres that use, as their authors would, what spinners write.

A struggle, arms, officers, a fireplace, a financial institution, a dwelling index and the like; written for spinfix.
"""

from __future__ import annotations

from typing import Final

LOOK_ALIKES: Final = {
    "news": (
        "The power struggle inside the ruling party entered its third week on Monday, when two officers on patrol found a cache of assault "
        "rifles in a lock-up garage. The police commissioner told reporters that the weapons had been stolen from an army depot in March. "
        "She declined to say whether the men arrested belonged to either faction. A spokesman for the party said the struggle for the "
        "leadership would be settled by a vote of its members, and that nobody had anything to gain from violence."
    ),
    "economy": (
        "The Department's dwelling index rose by 0.4 percent in the quarter, the first increase in a year. A large financial institution "
        "that lends to builders said it expected the number of new dwellings to recover slowly, because the cost of timber remains high. "
        "Within the region the picture is mixed: firms in the north report full order books, while those on the coast struggle to find "
        "bricklayers. Additional figures will be published in the autumn."
    ),
    "science": (
        "We studied the struggle for existence among barnacles within the tidal zone of two islands. Individuals were counted every two "
        "weeks, and the temperature of the water was measured at a depth of one metre. Growth was sluggish in winter. "
        "A principal component "
        "analysis showed that the position on the shore explained most of the variance, followed by the size of neighbours."
    ),
    "health": (
        "Surgeons usually operate within 24 hours of the injury. People who struggle with the exercises should tell their physician, "
        "because a stiff joint is harder to treat later. The assessment takes about half an hour. Nearly all patients "
        "go home the same day, "
        "although some need additional help with bathing and dressing for a week. Call the clinic at once if the wound becomes red."
    ),
    "technology": (
        "The release adds a peripheral driver and a new way to suppress warnings within a block. If you are behind a "
        "proxy, set the variable "
        "before you start the server. We suppose that most users will never notice the change, since the old keyword is still accepted. "
        "The tank example in the manual now compiles without errors. Thanks to everyone who helped us to find the leak."
    ),
    "sport": (
        "It was a struggle from the first whistle. The visitors kept ten men behind the ball, and the captain, who had hardly trained "
        "during the week, was sent on in the second half. He headed the equaliser within three minutes. The coach praised the character of "
        "the squad and said the additional training sessions in Spain had paid off. The referee added six minutes."
    ),
    "culture": (
        "The second room is arranged around a fireplace of black marble. Above it hangs a portrait of the founder with one arm raised, "
        "painted when he was eighty. The catalogue calls it a curious work. Visitors may sit on the benches and listen "
        "to recordings of the "
        "period, among them a struggle between two tenors that the public of the day adored. The shop sells additional prints."
    ),
    "travel": (
        "From the harbour it is a short walk to the old customs house, now a hotel with fourteen rooms and a fireplace in the bar. "
        "Arms of the river surround the town on three sides. The ferry carries bicycles for a small additional charge. In summer the "
        "path within the dunes is closed to protect nesting birds, so allow an extra hour for the detour along the road."
    ),
    "law": (
        "The tribunal held that the financial institution owed no duty to the tenant. The officers of the company had acted within their "
        "powers, and the additional clause did not alter the character of the agreement. The appellant's submission that the dwelling was "
        "uninhabitable was supported by photographs, but it was not the question before the court. The appeal is dismissed with costs."
    ),
    "letters": (
        "Dear Anna, we are finally in the new place. It was a struggle to get the piano up the stairs, and Tom hurt his arm, but we have a "
        "fireplace and a view of the park. I suppose the neighbours think we are mad. The kids adore the garden. Come and see us whenever "
        "you like; there is an additional bed in the study, and the train takes less than an hour."
    ),
}
