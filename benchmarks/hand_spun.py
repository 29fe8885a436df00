"""A dozen short texts, written for spinfix and spun by hand as several spinners would, of genres that no corpus of ours has many of.

    python benchmarks/hand_spun.py

No list was made from them, and no text of a spinner: what they are for is the first look, which knows pairs of words from corpora of
news, blogs and science, and must not take a spun recipe for a clean one.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parent))
import results

from spinfix import Policy, detect
from spinfix.first_look import look

HAND_SPUN: Final = {
    "city council": (
        "The metropolis council voted on Monday to approve a brand new funds that can increase spending on public transportation by 12 "
        "p.c. next yr. Mayor Elena Ruiz mentioned the transfer would assist scale back site visitors congestion and reduce carbon "
        'emissions. "We can\'t proceed to depend on automobiles," she instructed reporters after the assembly. Opponents argued that '
        "the plan would result in greater property taxes and damage small companies, lots of that are nonetheless recovering from the "
        "pandemic. The transit company plans to purchase 80 electrical buses and construct three new gentle rail stations within the "
        "downtown space. Building is anticipated to start within the spring. A spokesman for the chamber of commerce stated enterprise "
        "house owners weren't consulted. The state legislature should nonetheless log out on a part of the funding, which comes from a "
        "federal grant program."
    ),
    "recipe": (
        "Preheat the broiler to 200 levels and oil a baking dish. In a massive bowl, blend the flour, sugar and a squeeze of salt, at "
        "that point include the margarine and rub it in with your fingertips until the blend takes after breadcrumbs. Beat the eggs "
        "with the drain and empty them into the bowl, blending continually. Overlay in the hacked apples and a bunch of raisins. Spoon "
        "the hitter into the dish and heat for 40 minutes, or until a stick embedded into the center comes out clean. Take off the "
        "cake to cool for ten minutes some time recently serving it with whipped cream. Any extras will keep in the fridge for up to "
        "three days."
    ),
    "machine learning": (
        "In this paper, we advise a singular technique for photo class primarily based totally on convolutional neural networks. The "
        "version is educated on a massive dataset of classified photographs and makes use of information augmentation to keep away "
        "from overfitting. Experimental consequences display that our technique outperforms the modern strategies in phrases of "
        "accuracy and velocity. We additionally carry out an ablation have a look at to analyze the contribution of every component. "
        "The supply code might be made to be had online. In destiny paintings, we plan to increase the technique to video facts and to "
        "discover semi-supervised gaining knowledge of."
    ),
    "football": (
        "The striker scored two times in the second 50% as the visitors got here from in the back of to win 3-2 and flow into the "
        "quarter-finals of the FA Cup. The domestic aspect had taken an early lead via a header from their captain, but a mistake via "
        'the goalkeeper permit the visitors lower back into the sport. "I\'m delighted for the boys," the manager stated. "They in '
        'no way surrender." The referee confirmed a purple card to the left lower back for a 2nd bookable offence ten minutes from '
        "time. The membership, who had been relegated ultimate season, have now won their final five suits in all competitions. Their "
        "subsequent fit is at domestic against Leeds on Saturday."
    ),
    "gardening": (
        "Before you plant tomatoes, ensure the dirt is warm and all around depleted. Choose a bright spot that gets no less than six "
        "hours of direct daylight every day. Burrow a gap twice as wide as the root ball and blend in some manure. Water profoundly "
        "once per week as opposed to a little every day, and squeeze off the suckers that develop between the stem and the branches. "
        "Mulch with straw to keep the weeds down and the dampness in. If the leaves turn yellow, the plant is likely ailing in "
        "nitrogen. Gather the natural products when they're completely red yet at the same time firm."
    ),
    "law": (
        "The court ruled that the offended party had neglected to demonstrate that the respondent broke the agreement. Underneath the "
        "phrases of the hire, the landlord changed into required to repair the roof inside thirty days of getting written word. The "
        "tenant argued that the put off had induced extensive damage to her property and asked for damages. The pass judgement on "
        "rejected the declare, noting that no receipts had been submitted as proof. The tenant's legal professional said they might "
        "enchantment the verdict to the next court."
    ),
    "pets": (
        "The pup should be taken to the vet for its first shots at around eight weeks of age. Puppies need to devour three or four "
        "little suppers a day until they're six months old. House training takes persistence: take the canine outdoors after every "
        "feast and acclaim it when it does its commerce. Never rebuff a doggy for mishaps inside, as this as it were makes it anxious. "
        "Introduce your puppy to other creatures and outsiders early so that it grows up sure. A brief walk twice a day is enough for "
        "most small breeds."
    ),
    "savings": (
        "Saving for retirement is one of the most vital money related choices you'll ever make. The prior you begin, the more time "
        "your cash needs to develop, thanks to compound intrigue. Most specialists prescribe putting aside at least 15 percent of your "
        "pay each year. In the event that your boss offers a coordinating commitment, make sure to contribute enough to get the full "
        "coordinate; it is essentially free cash. Keep away from credit card obligation, which conveys high financing costs, and "
        "construct a crisis support that covers three to six months of costs."
    ),
    "hotel": (
        "The resort sits on a white-sand shoreline ten minutes from the airplane terminal. Rooms are huge and clean, with a gallery "
        "watching out over the ocean, but the air molding in our room was uproarious and kept us alert the primary night. Breakfast is "
        "a smorgasbord with new natural product, eggs made to arrange and nearby cheeses. The staff were neighborly and made a "
        "difference us book a pontoon trip to the close-by islands. The pool gets swarmed in the evening, so go early. In general we "
        "had a brilliant remain and would suggest it to families with youthful kids."
    ),
    "frogs": (
        "Scientists have actually found a new varieties of frog in the mountains of Ecuador. The small amphibian, which is no bigger "
        "than a thumb nail, resides in the wet leaves of the cloud woodland and is active only at evening. Researchers from the "
        "University of Quito detected it after they heard a call that did not match any recognized varieties. DNA tests validated that "
        "the frog is a far-off loved one of a group formerly recognized just from Colombia. Its environment is endangered by mining "
        "and logging, and the group has advised the federal government to protect the location."
    ),
    "scripture": (
        "The prophet told the people to turn away from their depraved ways and to appear kindness to the poor. He said that the Ruler "
        "would excuse the individuals who atoned and would rebuff the glad. Numerous did not tune in, and the city was crushed by its "
        "foes. After seventy a long time the outcasts returned and revamped the sanctuary. The clerics offered penances and the "
        "individuals sang melodies of laud. The story educates us that confidence without deeds is purge, and that mercy is open to "
        "everybody who asks for it with a genuine heart."
    ),
    "games": (
        "The brand new console is faster and quieter than its predecessor, and it hundreds games in seconds as a result of of a custom "
        "solid-state drive. The controller has been redesigned with higher battery life and a built-in microphone. Launch titles "
        "include a racing recreation, a first-person shooter and a remake of a traditional role-playing recreation. Players can switch "
        "their saved information from the outdated machine over Wi-Fi. The value begins at $399 for the digital version with out a "
        "disc drive. Pre-orders bought out inside hours, and the company has warned that provide will likely be restricted till the "
        "tip of the yr."
    ),
}


def main() -> None:
    """Say of each text what the first look says, and what is found without it."""
    rows = []
    for genre, text in HAND_SPUN.items():
        report = detect(text, Policy(gate=False))
        restored = sum(f.verdict == "restore" for f in report.findings)
        rows.append((genre, report.words, f"{look(text).log_odds:.1f}", f"{report.spun:.3f}", restored))
    print(results.table(("text", "words", "first look, nats", "spun, without it", "restored, without it"), rows))


if __name__ == "__main__":
    main()
