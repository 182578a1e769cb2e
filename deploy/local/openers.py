"""Programs of other people that our files must open in: LibreOffice, and xmllint for the schema of the xml.

`python -m deploy.local.openers` makes sure of them and prints their paths; without them their tests say that they skip.
"""

import sys

from deploy.local.debian_program import DebianProgram

OFFICE = DebianProgram(
    names=("soffice", "libreoffice"),
    package="libreoffice-calc-nogui",
    setting="GASTRACK_OFFICE",
    sentence="Workbooks are not opened in LibreOffice, for there is none: install it "
    "(sudo apt-get install libreoffice-calc-nogui), or set GASTRACK_OFFICE to its path.",
)
XMLLINT = DebianProgram(
    names=("xmllint",),
    package="libxml2-utils",
    setting="GASTRACK_XMLLINT",
    sentence="The schema of xml files is checked by lxml alone, for there is no xmllint: install it "
    "(sudo apt-get install libxml2-utils), or set GASTRACK_XMLLINT to its path.",
)


if __name__ == "__main__":
    sys.exit(max(program.main(needed=False) for program in (XMLLINT, OFFICE)))
