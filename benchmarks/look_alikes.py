"""Honest look-alikes: clean texts of ten genres that use, as their authors would, what spinners write.

A struggle, arms, officers, a fireplace, a financial institution, a dwelling index and the like; written for spinfix.
And what learners of English write, which is unusual English too (*at the begin of this year*, *it does now no longer need it*).
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

# English as people write it whose first language is another; every word of it is meant.  Written for spinfix.
LEARNERS: Final = {
    "Germany": (
        "At the begin of this year I have moved to Hamburg for to make my master in informatics. In the moment I search a flat, because"
        " the rents are very high and my colleague needs his room again. The most people here are friendly, but they do not speak so "
        "much with foreigners. I became a letter from the city office and I must bring there my passport until Friday. On the weekend "
        "we make often a tour with the bicycle to the see."
    ),
    "China": (
        "My hometown is a small city which locates in the south of China. There have many mountains and rivers in there. In recent "
        "years, with the development of economy, people's living level has improved a lot. Every family has their own car, it makes the"
        " air pollution more and more serious. In my opinion, the government should take some measures to solve this problem. As the "
        "saying goes, no pain no gain. I hope my hometown will become more beautiful in the future."
    ),
    "Spain, at school": (
        "I am agree with the author that the young people should to learn more languages. In my country the students learn English "
        "since they have six years, but they don't speak it very good because the teachers make only grammar exercises. For example, I "
        "have studied during ten years and I had problems when I travelled to London for first time. The persons spoke very fast and I "
        "didn't understand nothing."
    ),
    "Russia, of an alloy": (
        "The purpose of the present work consists in the investigation of influence of temperature on the mechanical properties of the "
        "alloy. For this, there were prepared the samples by the method of casting. The carried out researches showed that the increase"
        " of temperature leads to the decrease of hardness. It is necessary to note that the obtained results well agree with the data "
        "of other authors. On the basis of the above stated it is possible to make the following conclusion."
    ),
    "France, of a program": (
        "We developed a tool which permits to compute the error of the model automatically. The tool is composed by three modules: a "
        "parser, a solver, and an interface graphic. In a first time, the user must to choose the input file. The program realises then"
        " the calculation and gives the results under the form of a table. Actually the version 2 is in course of development, and it "
        "will permit the treatment of bigger files. We thank to all the persons who have contributed."
    ),
    "India, at work": (
        "Please do the needful and revert back to me at the earliest. I have discussed about this matter with my seniors and they told "
        "that the file is having some mistakes. Kindly intimate us the same so that we can prepone the meeting. My cousin brother "
        "passed out of college last year and he is working in a good company only. He is having two childrens. What is your good name? "
        "I am belonging to Pune."
    ),
    "Spain, of football": (
        "I like very much to play the football and I practise this sport since I was child. All saturdays my team plays a match against"
        " other team of the city. The last week we won by three goals to one and I marked the second. After the match we went to take "
        "something to a bar. My mother says that I pass too much time outside of home and that I must study more for to approve the "
        "exams."
    ),
    "Russia, of health": (
        "How it is known, the healthy way of life becomes more and more popular nowadays. Many people refuse from smoking and go in for"
        " sports. I think it is very good, because health is the most important thing in our life. If you want to be healthy you should"
        " keep to a diet, sleep enough and make exercises every morning. My friend visits the swimming pool three times in a week and "
        "feels himself very well."
    ),
    "Germany, of a program": (
        "This document descripts how to install the software on your computer. Firstly you must download the archiv and unpack it into "
        "a folder of your choose. After that, please execute the setup and follow the instruction. If the installation success, a "
        "message will be showed. Otherwise control the log file, where all informations about the error are written. It does now no "
        "longer need the old library. When you nevertheless want to use the old library, you can let it activated with the option "
        "described underneath."
    ),
    "Hungary, of a hospital": (
        "The information system of the hospital is used since 2010 by all departments. Before, the doctors had to write the receipts by"
        " hand, what took a lot of time. Now they can see all the analyses of the patient directly on the screen. The system has been "
        "accepted good by the personal, however there were in the beginning some difficulties with the rights of access. An other "
        "problem was the speed of the net. It is planned to make the system available also for the home doctors."
    ),
    "Italy, of a motor": (
        "In this paper we propose a new methode for the detection of the faults in the electrical motors. The methode bases on the "
        "analyze of the vibration signal. Experiments was carried out on a test bench with a motor of 4 kW. As can be seen on figure 3,"
        " the proposed methode allows to distinguish between the normal state and the fault state with an accuracy of 97 %. The "
        "comparision with another methodes shows that our methode is the most quick. In future works we will research the influence of "
        "the load."
    ),
    "Italy, of a grandmother": (
        "My grandmother lives in a little village near to the sea. Her house is not big but it is very cosy, and there is a garden full"
        " with flowers behind it. When I was little I spent there all my summers. We went to catch fishes with my grandfather, and in "
        "the evening he told us histories about the war. He was a very brave man and everybody in the village respected him. I remember"
        " how once we have found a hurt bird and he learned us how to take care for it."
    ),
}
